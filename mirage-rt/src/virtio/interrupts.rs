//! Interrupts of devices: each has a line of its own.

use crate::{
    arch::interrupts::{FIRST_VECTOR, LINES, take_raised},
    freestanding::lines::{self, Lines},
};
use core::sync::atomic::{AtomicU8, Ordering};

static DEVICES: Lines<LINES> = Lines::new();

/// The first line that is free. Line 0 is the timer's, and the last that of spurious interrupts.
static NEXT: AtomicU8 = AtomicU8::new(1);

/// An interrupt line that belongs to one device.
pub(crate) type Line = lines::Line<LINES>;

impl Line {
    /// Allocates a line; `None` if none is free.
    pub(super) fn allocate() -> Option<Self> {
        let line = NEXT.load(Ordering::Relaxed);
        if usize::from(line) == LINES - 1 {
            return None;
        }
        NEXT.store(line + 1, Ordering::Relaxed);
        Some(DEVICES.line(line))
    }

    /// The vector that the device must raise.
    pub(super) fn vector(&self) -> u8 {
        FIRST_VECTOR + self.number
    }
}

/// Wakes the tasks whose devices have interrupted.
pub(super) fn deliver() {
    DEVICES.raise(take_raised().into());
}
