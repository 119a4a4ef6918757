//! The boot information that the guest receives, and what it points at.

use crate::{
    attached::Attached,
    events::Events,
    image::{Image, Manifest},
};
use mirage_solo5::{
    boot_info::Spt,
    manifest::{HEADER_LEN, attach},
};
use std::os::fd::AsRawFd;

/// The address of the boot information, which the guest receives in a register.
pub const ADDRESS: u64 = 0x1_1000;

/// The contents of the boot information.
#[derive(Debug)]
pub struct BootInfo<'a> {
    /// The end of the guest's memory.
    pub memory: u64,
    /// The image.
    pub image: &'a Image<'a>,
    /// Its devices, in the manifest's order.
    pub devices: &'a [Attached],
    /// The descriptors that it waits with.
    pub events: &'a Events,
    /// Its command line.
    pub arguments: &'a [u8],
}

impl BootInfo<'_> {
    /// Returns the contents of memory from [`ADDRESS`] on: the boot information, the manifest and the
    /// command line.
    pub fn bytes(&self) -> Vec<u8> {
        let manifest = attached(&self.image.manifest, self.devices);
        let manifest_address = ADDRESS + Spt::LEN as u64;
        let info = Spt {
            memory_end: self.memory,
            kernel_end: self.image.end,
            command_line: manifest_address + manifest.len() as u64,
            manifest: manifest_address,
            epoll: self.events.epoll.as_raw_fd(),
            timer: self.events.timer.as_raw_fd(),
        };
        [&info.to_bytes(), &manifest[..], self.arguments, &[0]].concat()
    }
}

/// Returns the manifest with the properties of the attached devices.
fn attached(manifest: &Manifest<'_>, devices: &[Attached]) -> Vec<u8> {
    let mut bytes = manifest.bytes.to_vec();
    let (entries, _) = bytes[HEADER_LEN..].as_chunks_mut();
    // The first entry is reserved.
    for (entry, device) in entries.iter_mut().skip(1).zip(devices) {
        attach(entry, device.properties, device.number());
    }
    bytes
}
