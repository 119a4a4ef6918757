//! Virtio devices (virtio specification 1.2): network, disk and entropy, over PCI and MMIO.
//!
//! A driver asks its [`Transport`] for the device's registers and shares queues and buffers with
//! the device in memory. It believes nothing of what the device writes there: what makes no sense
//! loses the device, and nothing else.
//!
//! Devices are told virtual addresses: this module needs a machine whose virtual addresses are the
//! physical ones, as the targets with virtio devices have.

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
mod model;

pub use queue::QueueAddresses;
pub use transport::Transport;

use core::fmt;

/// The type of a network device (section 5.1).
pub const NETWORK_DEVICE: u32 = 1;

/// The type of a block device (section 5.2).
pub const BLOCK_DEVICE: u32 = 2;

/// The type of an entropy device (section 5.4).
pub const ENTROPY_DEVICE: u32 = 4;

/// Why a device cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceError {
    /// It does not finish its reset.
    Reset,
    /// It knows only the form of before version 1.0, on a bus where this driver does not.
    Legacy,
    /// It does not agree to a subset of the features that it offers.
    Features,
    /// It has no queue of this number, or one that is too small.
    Queue(u16),
    /// It does not interrupt by message (MSI-X).
    Interrupts,
    /// A structure that it must have in its registers is missing or misplaced.
    Registers(&'static str),
    /// There is no memory for its buffers.
    Memory,
    /// Its blocks are of a size that none has, in bytes.
    BlockSize(u32),
    /// It has no MAC address, and it was given none.
    NoMacAddress,
    /// It does not carry packets as long as its configuration says, in bytes.
    Mtu {
        /// What was asked for.
        declared: u16,
        /// What the device says.
        carried: u16,
    },
    /// IPv4 needs longer packets than these, in bytes.
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
            Self::Registers(what) => write!(f, "the virtio device has no usable {what}"),
            Self::Memory => f.write_str("there is no memory for the virtio device's buffers"),
            Self::BlockSize(size) => write!(f, "the virtio disk has blocks of {size} bytes"),
            Self::NoMacAddress => f.write_str(
                "the network device has no MAC address, and the configuration gives none",
            ),
            Self::SmallMtu(mtu) => write!(f, "packets of {mtu} bytes are too short for IPv4"),
            Self::Mtu { declared, carried } => write!(
                f,
                "the network device carries packets of up to {carried} bytes, and the configuration says {declared}"
            ),
        }
    }
}

impl core::error::Error for DeviceError {}
