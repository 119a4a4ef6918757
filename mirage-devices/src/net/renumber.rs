//! Another address for an interface, or none.

use super::{config::StackConfig, error::Error, stack::Stack};
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
    pub(super) async fn renumber(&self, config: Option<StackConfig>, clock: &impl Monotonic) {
        let shared = &self.shared;
        let old = shared.config.take();
        let is_kept = |old: &StackConfig| config.is_some_and(|new| new.address == old.address);
        if let Some(old) = old.filter(|old| !is_kept(old)) {
            // Nothing begins with the old address from here on.
            {
                let state = &mut *shared.state.borrow_mut();
                let address = old.address.into();
                state
                    .transport
                    .abort_local(clock.now(), address, Error::AddrNotAvailable);
            }
            shared.work.raise();
            clock.sleep_until(clock.now() + RESET_DELAY).await;
        }
        let state = &mut *shared.state.borrow_mut();
        if let Some(old) = old {
            old.remove_from(&mut state.ip);
        }
        if let Some(config) = config
            && config.add_to(&mut state.ip, clock.now()).is_err()
        {
            log::error!("there is no memory for the address {}", config.address);
            return;
        }
        shared.config.set(config);
        shared.work.raise();
    }
}
