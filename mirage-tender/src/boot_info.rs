//! The boot information that the guest receives, and what it points at.

use crate::{
    attached::{Attached, Properties},
    events::Events,
    image::{ENTRY, Image, Manifest},
};
use std::os::fd::AsRawFd;

/// The address of the boot information, which the guest receives in a register.
pub const ADDRESS: u64 = 0x1_1000;

/// The length of the boot information itself, in bytes.
const LENGTH: usize = 40;

/// What the boot information tells the guest.
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
        let manifest_address = ADDRESS + LENGTH as u64;
        let arguments_address = manifest_address + manifest.len() as u64;
        let mut bytes = Vec::with_capacity(LENGTH + manifest.len() + self.arguments.len() + 1);
        for number in [
            self.memory,
            self.image.end,
            arguments_address,
            manifest_address,
        ] {
            bytes.extend(number.to_le_bytes());
        }
        for descriptor in [&self.events.epoll, &self.events.timer] {
            bytes.extend(descriptor.as_raw_fd().to_le_bytes());
        }
        bytes.extend(manifest);
        bytes.extend(self.arguments);
        bytes.push(0);
        bytes
    }
}

/// Returns the manifest with the properties of the attached devices.
fn attached(manifest: &Manifest<'_>, devices: &[Attached]) -> Vec<u8> {
    /// Offsets in an entry.
    const PROPERTIES: usize = 72;
    const DESCRIPTOR: usize = 88;
    const IS_ATTACHED: usize = 96;

    let mut bytes = manifest.bytes.to_vec();
    let header = bytes.len() % ENTRY;
    let (_, entries) = bytes.split_at_mut(header);
    // The first entry is reserved.
    for (entry, device) in entries.chunks_exact_mut(ENTRY).skip(1).zip(devices) {
        let mut put = |offset: usize, value: &[u8]| {
            entry[offset..offset + value.len()].copy_from_slice(value);
        };
        match device.properties {
            Properties::Net { mac, mtu } => {
                put(PROPERTIES, &mac.0);
                put(PROPERTIES + 6, &mtu.to_le_bytes());
            }
            Properties::Block {
                capacity,
                block_size,
            } => {
                put(PROPERTIES, &capacity.to_le_bytes());
                put(PROPERTIES + 8, &block_size.to_le_bytes());
            }
        }
        put(DESCRIPTOR, &device.number().to_le_bytes());
        put(IS_ATTACHED, &[1]);
    }
    bytes
}
