//! Another address for an interface, or none.

use super::{config::StackConfig, stack::Stack};
use crate::time::Monotonic;
use core::time::Duration;

/// How long resets of connections may take to be sent before their address is removed. They are sent at
/// once unless a peer's MAC address has to be resolved.
const RESET_DELAY: Duration = Duration::from_millis(100);

impl Stack {
    /// Gives the interface other addresses, or takes those that it has. If it loses its address,
    /// connections end before: their peers get a reset, and `main` gets [`Error::AddrNotAvailable`].
    ///
    /// A prefix length above 32, and an address that is not of one host, is the caller's mistake.
    ///
    /// [`Error::AddrNotAvailable`]: super::Error::AddrNotAvailable
    pub(super) async fn renumber(&self, config: Option<StackConfig>, clock: &impl Monotonic) {
        let shared = &self.shared;
        let address = |config: Option<StackConfig>| config.map(|config| config.address);
        let old = shared.config();
        if old.is_some() && address(old) != address(config) {
            // Nothing begins with the old address from here on.
            shared.set_config(None);
            {
                let state = &mut *shared.state.borrow_mut();
                state
                    .connections
                    .reset(&mut state.sockets, &mut state.listeners);
            }
            shared.work.raise();
            clock.sleep_until(clock.now() + RESET_DELAY).await;
        }
        let state = &mut *shared.state.borrow_mut();
        state
            .interface
            .update_ip_addrs(|addresses| addresses.clear());
        state.interface.routes_mut().remove_default_ipv4_route();
        if let Some(config) = config {
            config.give(&mut state.interface);
        }
        shared.set_config(config);
    }
}
