//! Devices that are attached to a guest.

use mirage_graph::mac_address::MacAddress;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// A device that is attached.
#[derive(Debug)]
pub struct Attached {
    /// Open, and the guest's for good.
    pub descriptor: OwnedFd,
    /// What the guest is told of it.
    pub properties: Properties,
}

/// What a guest is told of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Properties {
    /// A network interface's.
    Net {
        /// Its MAC address.
        mac: MacAddress,
        /// The largest IP packet, in bytes.
        mtu: u16,
    },
    /// A disk's.
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
