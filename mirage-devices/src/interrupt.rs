//! Interrupts of devices.

use core::task::{Context, Poll};

/// The interrupt of a device.
pub trait Interrupt {
    /// Returns `Ready` if the hardware has interrupted since the last `Ready`. Otherwise the task is
    /// woken when it does.
    fn poll_raised(&mut self, context: &mut Context<'_>) -> Poll<()>;
}
