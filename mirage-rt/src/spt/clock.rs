//! The clocks, which are the host's.

use super::{
    interpolation::{Answer, Interpolation},
    system_call::{Clock, clock_gettime},
};
use crate::freestanding::{processor, time_stamp::time_stamp};
use core::time::Duration;
use mirage_devices::time::Instant;
use spin::Mutex;

/// The leaf of CPUID where `edx` says, by this bit, that the time stamp counter has a constant rate;
/// and the leaf that says whether there is one.
const POWER: u32 = 0x8000_0007;
const INVARIANT: u32 = 1 << 8;
const HIGHEST: u32 = 0x8000_0000;

static CLOCK: Mutex<Option<MonotonicClock>> = Mutex::new(None);

struct MonotonicClock {
    /// Boot, by the host.
    boot: u64,
    time: Interpolation,
    /// Whether the time stamp counter has a constant rate.
    is_steady: bool,
}

fn ask() -> Answer {
    let count = time_stamp();
    let nanos = clock_gettime(Clock::Monotonic);
    Answer {
        count,
        took: time_stamp().saturating_sub(count),
        nanos,
    }
}

/// Boot is now.
pub(super) fn initialise() {
    let first = ask();
    let [highest, ..] = processor::leaf(HIGHEST);
    let is_steady = highest >= POWER && processor::leaf(POWER)[3] & INVARIANT != 0;
    *CLOCK.lock() = Some(MonotonicClock {
        boot: first.nanos,
        time: Interpolation::new(first),
        is_steady,
    });
}

/// Time since boot.
pub(crate) fn now() -> Instant {
    let mut clock = CLOCK.lock();
    let nanos = clock.as_mut().map_or(0, |clock| {
        let now = match clock.is_steady {
            true => clock.time.now(time_stamp(), ask),
            false => ask().nanos,
        };
        now.saturating_sub(clock.boot)
    });
    Instant::from_nanos(nanos)
}

/// A time since boot, by the host.
pub(super) fn by_the_host(instant: Instant) -> u64 {
    let boot = CLOCK.lock().as_ref().map_or(0, |clock| clock.boot);
    boot.saturating_add(instant.as_nanos())
}

/// Time since the Unix epoch.
pub(crate) fn wall_clock() -> Option<Duration> {
    Some(Duration::from_nanos(clock_gettime(Clock::Realtime)))
}
