//! Devices that are attached to a guest.

use mirage_solo5::manifest::Properties;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// An attached device.
#[derive(Debug)]
pub struct Attached {
    /// The host's descriptor, which the guest uses.
    pub descriptor: OwnedFd,
    /// What the manifest passes to the guest about it.
    pub properties: Properties,
}

impl Attached {
    /// The descriptor's number.
    pub fn number(&self) -> RawFd {
        self.descriptor.as_raw_fd()
    }
}
