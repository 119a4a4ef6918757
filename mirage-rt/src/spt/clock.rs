//! The clocks, which are the host's.

use super::system_call::{Clock, clock_gettime};
use core::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use mirage_devices::time::Instant;

/// Boot, by the monotonic clock.
static BOOT: AtomicU64 = AtomicU64::new(0);

/// Boot is now.
pub(super) fn initialise() {
    BOOT.store(clock_gettime(Clock::Monotonic), Ordering::Relaxed);
}

/// Time since boot.
pub(crate) fn now() -> Instant {
    let now = clock_gettime(Clock::Monotonic);
    Instant::from_nanos(now.saturating_sub(BOOT.load(Ordering::Relaxed)))
}

/// A time since boot, by the monotonic clock.
pub(super) fn by_the_host(instant: Instant) -> u64 {
    let boot = BOOT.load(Ordering::Relaxed);
    boot.saturating_add(instant.as_nanos())
}

/// Time since the Unix epoch.
pub(crate) fn wall_clock() -> Option<Duration> {
    Some(Duration::from_nanos(clock_gettime(Clock::Realtime)))
}
