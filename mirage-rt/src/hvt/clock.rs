//! The clocks: the time stamp counter, whose rate the tender says, and the date, which it is asked for.

use super::hypercall;
use crate::{arch::time_stamp, freestanding::time_scale::TimeScale};
use core::time::Duration;
use mirage_devices::time::Instant;
use spin::Once;

static SCALE: Once<TimeScale> = Once::new();

/// Boot was at `boot` by the time stamp counter, which counts with `hertz`.
pub(super) fn initialise(boot: u64, hertz: u64) {
    SCALE.call_once(|| TimeScale::new(boot, hertz));
}

/// Time since boot.
pub(crate) fn now() -> Instant {
    let nanos = SCALE
        .get()
        .map_or(0, |scale| scale.nanos(time_stamp::read()));
    Instant::from_nanos(nanos)
}

/// Time since the Unix epoch.
pub(crate) fn wall_clock() -> Option<Duration> {
    Some(Duration::from_nanos(hypercall::walltime()))
}
