//! Drivers, by the names that the attribute gives them.
//!
//! A target has those that it can drive. On `unix` every driver is the host's stand-in.

/// Whether this target has a driver, and which device it drives.
pub trait Driver: Sync {
    /// The driver's name in the attribute.
    const NAME: &'static str;
}

/// A virtio device, found over PCI or MMIO.
#[derive(Debug, Clone, Copy)]
pub struct Virtio;

impl Driver for Virtio {
    const NAME: &'static str = "virtio";
}

/// The driver that the target has.
#[derive(Debug, Clone, Copy)]
pub struct Auto;

impl Driver for Auto {
    const NAME: &'static str = "auto";
}

/// A TAP device of the host.
#[cfg(not(mirage_target))]
#[derive(Debug, Clone, Copy)]
pub struct Tap;

#[cfg(not(mirage_target))]
impl Driver for Tap {
    const NAME: &'static str = "tap";
}
