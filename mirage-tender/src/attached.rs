//! Devices that are attached to a guest.

use mirage_graph::mac_address::MacAddress;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// An attached device.
#[derive(Debug)]
pub struct Attached {
    /// The host's descriptor, which the guest uses.
    pub descriptor: OwnedFd,
    /// What the manifest tells the guest about it.
    pub properties: Properties,
}

/// What the manifest tells the guest about a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Properties {
    /// A network interface.
    Net {
        /// Its MAC address.
        mac: MacAddress,
        /// The largest IP packet, in bytes.
        mtu: u16,
    },
    /// A disk.
    Block {
        /// Its size, in bytes.
        capacity: u64,
        /// The size of a block, in bytes.
        block_size: u16,
    },
}

impl Attached {
    /// The descriptor's number.
    pub fn number(&self) -> RawFd {
        self.descriptor.as_raw_fd()
    }
}
