//! The clocks of the host, or in a test virtual time.

use super::virtual_time;
use crate::time::Instant;
use core::time::Duration;
use rustix::time::{ClockId, clock_gettime};
use std::sync::OnceLock;

/// Returns the time since this function was first called, by the host's monotonic clock.
pub(crate) fn now() -> Instant {
    if let Some(now) = virtual_time::now() {
        return now;
    }
    static BOOT: OnceLock<u64> = OnceLock::new();
    let now = nanoseconds(ClockId::Monotonic);
    Instant::from_nanos(now - BOOT.get_or_init(|| now))
}

/// Returns the time since the Unix epoch.
pub(crate) fn wall_clock() -> Option<Duration> {
    virtual_time::wall_clock()
        .or_else(|| Some(Duration::from_nanos(nanoseconds(ClockId::Realtime))))
}

fn nanoseconds(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000
        + u64::try_from(time.tv_nsec).unwrap_or(0)
}
