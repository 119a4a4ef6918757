//! How a device learns that its hardware wants attention.

use core::task::{Context, Poll};

/// The interrupt of one device, as a machine delivers it.
pub trait Interrupt {
    /// Ready once the hardware has interrupted since this was last ready; else the task is woken
    /// when it does.
    fn poll_raised(&mut self, context: &mut Context<'_>) -> Poll<()>;
}
