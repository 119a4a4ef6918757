//! The clocks: the time stamp counter, whose rate the tender says, and the date, which it is asked for.

use super::hypercall;
use crate::freestanding::time_stamp::{Scale, time_stamp};
use core::time::Duration;
use mirage_devices::time::Instant;
use spin::Once;

static SCALE: Once<Scale> = Once::new();

/// Boot was at `boot` by the time stamp counter, which counts with `hertz`.
pub(super) fn initialise(boot: u64, hertz: u64) {
    SCALE.call_once(|| Scale::new(boot, hertz));
}

/// Time since boot.
pub(crate) fn now() -> Instant {
    let nanos = SCALE.get().map_or(0, |scale| scale.nanos(time_stamp()));
    Instant::from_nanos(nanos)
}

/// Time since the Unix epoch.
pub(crate) fn wall_clock() -> Option<Duration> {
    Some(Duration::from_nanos(hypercall::walltime()))
}
