//! The host's clocks.

use super::{
    interpolation::{Answer, Interpolation},
    system_call::{Clock, clock_gettime},
};
use crate::arch::time_stamp;
use core::time::Duration;
use mirage_devices::time::Instant;
use spin::Mutex;

static CLOCK: Mutex<Option<MonotonicClock>> = Mutex::new(None);

struct MonotonicClock {
    /// The time of boot, by the host's clock.
    boot: u64,
    time: Interpolation,
    /// Whether the time stamp counter has a constant rate.
    is_steady: bool,
}

fn ask() -> Answer {
    let count = time_stamp::read();
    let nanos = clock_gettime(Clock::Monotonic);
    Answer {
        count,
        took: time_stamp::read().saturating_sub(count),
        nanos,
    }
}

/// Starts the clock: the time of boot is now.
pub(super) fn initialise() {
    let first = ask();
    *CLOCK.lock() = Some(MonotonicClock {
        boot: first.nanos,
        time: Interpolation::new(first),
        is_steady: time_stamp::is_invariant(),
    });
}

/// Returns the time since boot.
pub(crate) fn now() -> Instant {
    let mut clock = CLOCK.lock();
    let nanos = clock.as_mut().map_or(0, |clock| {
        let now = match clock.is_steady {
            true => clock.time.now(time_stamp::read(), ask),
            false => ask().nanos,
        };
        now.saturating_sub(clock.boot)
    });
    Instant::from_nanos(nanos)
}

/// Converts a time since boot to the host's clock.
pub(super) fn host_nanos(instant: Instant) -> u64 {
    let boot = CLOCK.lock().as_ref().map_or(0, |clock| clock.boot);
    boot.saturating_add(instant.as_nanos())
}

/// Returns the time since the Unix epoch.
pub(crate) fn wall_clock() -> Option<Duration> {
    Some(Duration::from_nanos(clock_gettime(Clock::Realtime)))
}
