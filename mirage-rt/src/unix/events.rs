//! Waiting for events: those of the host, or in a test the next deadline.

use super::{reactor, virtual_time};
use crate::time::Instant;

/// Wakes the tasks whose descriptors are ready, without waiting.
pub(crate) fn poll() {
    if !virtual_time::poll() {
        reactor::poll();
    }
}

/// Sleeps until a descriptor is ready, another thread unparks this one, or `deadline` has passed.
pub(crate) fn wait(deadline: Option<Instant>) {
    if !virtual_time::wait(deadline) {
        reactor::wait(deadline);
    }
}
