//! Which devices are readable, and the tasks that wait for them.

use crate::freestanding::lines::{Line, Lines};

/// Number of handles. The tender returns a set of them as 64 bits.
const HANDLES: usize = 64;

static DEVICES: Lines<HANDLES> = Lines::new();

/// Raised when a device is readable.
pub(crate) type Readable = Line<HANDLES>;

/// Returns the line of the device with this handle, 1 to 63.
pub(crate) fn readable(handle: u8) -> Readable {
    DEVICES.line(handle % HANDLES as u8)
}

/// Returns whether a task waits for a device.
pub(crate) fn is_awaited() -> bool {
    DEVICES.is_awaited()
}

/// Wakes the tasks that wait for the devices whose handles are in `set`.
pub(crate) fn raise(set: u64) {
    DEVICES.raise(set);
}
