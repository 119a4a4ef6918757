//! The clocks: the time stamp counter, whose frequency is in the boot information, and a hypercall for
//! the date.

use super::hypercall;
use crate::{arch::time_stamp, freestanding::time_scale::TimeScale};
use core::time::Duration;
use mirage_devices::time::Instant;
use spin::Once;

static SCALE: Once<TimeScale> = Once::new();

/// Starts the clock. `boot` is the time stamp at boot, and `hertz` the counter's frequency.
pub(super) fn initialise(boot: u64, hertz: u64) {
    SCALE.call_once(|| TimeScale::new(boot, hertz));
}

/// Returns the time since boot.
pub(crate) fn now() -> Instant {
    let nanos = SCALE
        .get()
        .map_or(0, |scale| scale.nanos(time_stamp::read()));
    Instant::from_nanos(nanos)
}

/// Returns the time since the Unix epoch.
pub(crate) fn wall_clock() -> Option<Duration> {
    Some(Duration::from_nanos(hypercall::walltime()))
}
