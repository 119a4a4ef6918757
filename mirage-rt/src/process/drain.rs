//! The end of a program's connections: what it has written is sent after it has ended, as by a kernel.

use super::declared;
use crate::{
    device::STOP_LIMIT,
    logger::report,
    net::Network,
    time::{Duration, sleep, timeout},
};
use alloc::vec::Vec;

/// How often the networks are asked. They have no code that tells it, which no other image needs.
const PERIOD: Duration = Duration::from_millis(1);

/// Waits until the peers have acknowledged everything that was written, for [`STOP_LIMIT`] at most.
pub(super) async fn drain() {
    let networks: Vec<Network> = declared::with(|declared| declared.networks.clone());
    if networks.is_empty() {
        return;
    }
    let drained = async {
        loop {
            // Datagrams are sent meanwhile.
            sleep(PERIOD).await;
            if networks.iter().all(Network::is_drained) {
                return;
            }
        }
    };
    if timeout(STOP_LIMIT, drained).await.is_err() {
        report!(Warn, "peers have not received everything in time");
    }
}
