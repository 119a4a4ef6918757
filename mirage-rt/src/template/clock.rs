//! The clocks.

use crate::{arch::time_stamp, freestanding::time_scale::TimeScale};
use core::time::Duration;
use mirage_devices::time::Instant;
use spin::Once;

static SCALE: Once<TimeScale> = Once::new();

/// Starts the clock. The processor, the hypervisor or the loader knows how many counts of the time stamp
/// counter a second has.
pub(super) fn initialise(hertz: u64) {
    SCALE.call_once(|| TimeScale::new(time_stamp::read(), hertz));
}

/// Returns the time since boot.
pub(crate) fn now() -> Instant {
    let scale = SCALE.get();
    Instant::from_nanos(scale.map_or(0, |scale| scale.nanos(time_stamp::read())))
}

/// Returns the time since the Unix epoch; `None` without a clock that knows the date.
pub(crate) fn wall_clock() -> Option<Duration> {
    None
}
