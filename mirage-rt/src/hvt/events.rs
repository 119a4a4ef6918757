//! Waiting: for devices that can be read, or until a time.

use super::{clock, hypercall};
use crate::solo5::{pace::Pace, readiness};
use core::time::Duration;
use mirage_devices::time::Instant;
use spin::Mutex;

/// Maximum timeout of one POLL.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

static PACE: Mutex<Pace> = Mutex::new(Pace::new());

/// Sleeps until a device can be read or `deadline` is there, and wakes the tasks concerned. It may
/// return early.
pub(crate) fn wait(deadline: Option<Instant>) {
    let left = deadline.map_or(MAX_TIMEOUT, |deadline| deadline - clock::now());
    let timeout = left.min(MAX_TIMEOUT).as_nanos() as u64;
    readiness::raise(hypercall::poll(timeout));
    PACE.lock().waited();
}

/// Wakes the tasks whose devices can be read, without waiting, and not at every call.
pub(crate) fn poll() {
    if PACE.lock().is_due(clock::now()) && readiness::is_awaited() {
        readiness::raise(hypercall::poll(0));
    }
}
