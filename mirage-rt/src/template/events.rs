//! Waiting for devices and deadlines.

use crate::freestanding::lines::{Line, Lines};
use mirage_devices::time::Instant;

/// Number of lines, at most 64.
const LINES: usize = 64;

static DEVICES: Lines<LINES> = Lines::new();

/// Returns the line of a device. Its task waits for the line with the trait `Interrupt`.
pub(super) fn line(number: u8) -> Line<LINES> {
    DEVICES.line(number)
}

/// Raises the lines of the devices that have events, a bit for each, without waiting.
pub(crate) fn poll() {
    DEVICES.raise(0);
}

/// Returns at once, which is allowed but wastes the processor: it should sleep until a device has an
/// event or `deadline` has passed.
pub(crate) fn wait(_deadline: Option<Instant>) {
    poll();
}
