//! Waiting for readable devices and deadlines.

use super::{clock, hypercall};
use crate::solo5::{pace::Pace, readiness};
use core::time::Duration;
use mirage_devices::time::Instant;
use spin::Mutex;

/// Maximum timeout of one POLL.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

static PACE: Mutex<Pace> = Mutex::new(Pace::new());

/// Sleeps until a device is readable or `deadline` has passed, and wakes the tasks concerned. It may
/// return early.
pub(crate) fn wait(deadline: Option<Instant>) {
    let left = deadline.map_or(MAX_TIMEOUT, |deadline| deadline - clock::now());
    let timeout = left.min(MAX_TIMEOUT).as_nanos() as u64;
    readiness::raise(hypercall::poll(timeout));
    PACE.lock().waited();
}

/// Wakes the tasks whose devices are readable, without waiting. Most calls return without a hypercall.
pub(crate) fn poll() {
    if PACE.lock().is_due(clock::now()) && readiness::is_awaited() {
        readiness::raise(hypercall::poll(0));
    }
}
