//! Interrupts of devices, each of which has its own line.

use crate::{
    arch::interrupts::{FIRST_VECTOR, LINES, take_raised},
    freestanding::lines::{self, Lines},
};
use core::sync::atomic::{AtomicU8, Ordering};

static DEVICES: Lines<LINES> = Lines::new();

/// The first free line. Line 0 belongs to the timer, and the last line to spurious interrupts.
static NEXT: AtomicU8 = AtomicU8::new(1);

/// An interrupt line that belongs to one device.
pub(crate) type Line = lines::Line<LINES>;

impl Line {
    /// Allocates a line. Returns `None` if none is free.
    pub(super) fn allocate() -> Option<Self> {
        let line = NEXT.load(Ordering::Relaxed);
        if usize::from(line) == LINES - 1 {
            return None;
        }
        NEXT.store(line + 1, Ordering::Relaxed);
        Some(DEVICES.line(line))
    }

    /// Returns the vector that the device must raise.
    pub(super) fn vector(&self) -> u8 {
        FIRST_VECTOR + self.number
    }
}

/// Wakes the tasks whose devices have interrupted.
pub(super) fn deliver() {
    DEVICES.raise(take_raised().into());
}
