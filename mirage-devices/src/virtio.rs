//! Virtio devices (virtio specification 1.2): network, disk and entropy, over PCI and MMIO.
//!
//! A driver asks its [`Transport`] for the device's registers and shares queues and buffers with
//! the device in memory. It validates everything that the device writes there: a device that breaks
//! the rules is given up, without any other effect.
//!
//! Drivers pass virtual addresses to devices, so virtual and physical addresses must be equal, as they
//! are on the targets with virtio devices. Constants have the names of the specification and of
//! Linux's `virtio_*.h`.

pub mod block;
pub mod discovery;
mod memory;
pub mod mmio;
pub mod net;
pub mod pci;
mod queue;
pub mod registers;
pub mod rng;
mod transport;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod model;

pub use transport::{QueueAddresses, Transport};

use crate::device::StartError;
use core::fmt;

/// The device type of a network device (section 5.1).
pub const VIRTIO_ID_NET: u32 = 1;

/// The device type of a block device (section 5.2).
pub const VIRTIO_ID_BLOCK: u32 = 2;

/// The device type of an entropy device (section 5.4).
pub const VIRTIO_ID_RNG: u32 = 4;

/// Why a device cannot be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DeviceError {
    /// Its reset does not complete.
    Reset,
    /// It has the legacy interface only, on a bus where this driver does not support it.
    Legacy,
    /// It rejects a subset of the features that it offers.
    Features,
    /// It has no queue of this number, or one that is too small.
    Queue(u16),
    /// It has no MSI-X interrupts.
    Interrupts,
    /// No firmware has assigned addresses to its registers.
    Unassigned,
    /// A structure that it must have in its registers is missing or misplaced.
    Registers(&'static str),
    /// There is no memory for its buffers.
    Memory,
    /// Its block size in bytes is invalid.
    BlockSize(u32),
    /// It has no MAC address, and the configuration gives none.
    NoMacAddress,
    /// Its MTU is smaller than the configured one.
    Mtu {
        /// The configured MTU, in bytes.
        declared: u16,
        /// The device's MTU, in bytes.
        carried: u16,
    },
    /// Its MTU in bytes is too small for IPv4.
    SmallMtu(u16),
}

impl fmt::Display for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reset => f.write_str("the virtio device does not finish its reset"),
            Self::Legacy => f.write_str("the virtio device is older than virtio 1.0"),
            Self::Features => f.write_str("the virtio device refuses the features it offers"),
            Self::Queue(queue) => write!(f, "the virtio device has no usable queue {queue}"),
            Self::Interrupts => f.write_str("the virtio device has no MSI-X interrupts"),
            Self::Unassigned => f.write_str(
                "no firmware has assigned addresses to the virtio device's registers, and ACPI names none",
            ),
            Self::Registers(what) => write!(f, "the virtio device has no usable {what}"),
            Self::Memory => f.write_str("there is no memory for the virtio device's buffers"),
            Self::BlockSize(size) => write!(f, "the virtio disk has blocks of {size} bytes"),
            Self::NoMacAddress => f.write_str(
                "the network device has no MAC address: set `mac` of the interface, or the device's own \
                 (Firecracker's `guest_mac`)",
            ),
            Self::SmallMtu(mtu) => write!(f, "packets of {mtu} bytes are too short for IPv4"),
            Self::Mtu { declared, carried } => write!(
                f,
                "the network device carries packets of up to {carried} bytes, and the configuration says {declared}"
            ),
        }
    }
}

// An image contains the `Debug` of an error that is the source of another. The derived one takes 11 KB.
impl fmt::Debug for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for DeviceError {}

impl From<DeviceError> for StartError {
    fn from(error: DeviceError) -> Self {
        Self::with_source("the device cannot be used", error)
    }
}
