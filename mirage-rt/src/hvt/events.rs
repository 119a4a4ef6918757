//! Waiting: for devices that can be read, or until a time.

use super::{clock, hypercall};
use crate::solo5::readiness;
use core::time::Duration;
use mirage_devices::time::Instant;

/// The longest that is waited at once.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Sleeps until a device can be read or `deadline` is there, and wakes the tasks concerned. It may
/// return early.
pub(crate) fn wait(deadline: Option<Instant>) {
    let left = deadline.map_or(LONGEST, |deadline| deadline - clock::now());
    if left.is_zero() {
        return poll();
    }
    let timeout = left.min(LONGEST).as_nanos() as u64;
    readiness::raise(hypercall::poll(timeout));
}

/// Wakes the tasks whose devices can be read, without waiting.
pub(crate) fn poll() {
    if readiness::is_awaited() {
        readiness::raise(hypercall::poll(0));
    }
}
