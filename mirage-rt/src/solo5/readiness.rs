//! Which devices are readable, and the tasks that wait for them.

use crate::freestanding::lines::Lines;
use core::task::{Context, Poll};
use mirage_devices::interrupt::Interrupt;

/// Number of handles: a tender gives a set of them as 64 bits.
const HANDLES: usize = 64;

static DEVICES: Lines<HANDLES> = Lines::new();

/// Raised when a device is readable.
pub(crate) struct Readable(u8);

impl Readable {
    /// For the device with this handle, 1 to 63.
    pub(crate) fn new(handle: u8) -> Self {
        Self(handle % HANDLES as u8)
    }
}

impl Interrupt for Readable {
    fn poll_raised(&mut self, context: &mut Context<'_>) -> Poll<()> {
        DEVICES.poll_raised(self.0, context)
    }
}

/// Whether a task waits for a device.
pub(crate) fn is_awaited() -> bool {
    DEVICES.is_awaited()
}

/// Wakes the tasks that wait for the devices whose handles are in `set`.
pub(crate) fn raise(set: u64) {
    DEVICES.raise(set);
}
