//! The guest's devices: what its manifest names, attached to what the command line says.

use super::{command_line::CommandLine, network::Interface};
use std::{fs::File, fs::OpenOptions, io};

/// A device, known to the guest by its position in the manifest.
pub enum Device {
    /// A network interface.
    Net(Interface),
    /// A disk, and its size in bytes.
    Block(File, u64),
}

/// The devices, and the manifest that says to the guest what they are.
pub struct Devices {
    /// In the manifest's order; the first entry is no device.
    pub list: Vec<Device>,
    /// What the guest is given.
    pub manifest: Vec<u8>,
}

/// The manifest: bytes before the entries, and in each its length and what stands where.
const HEADER: usize = 8;
const ENTRY: usize = 104;
const KIND: usize = 68;
const PROPERTIES: usize = 72;
const ATTACHED: usize = 96;

/// A block device in the manifest; the other kind is a network interface.
const BLOCK: u8 = 1;

/// The size of a disk's blocks.
const BLOCK_SIZE: u16 = 512;

impl Devices {
    /// Attaches the devices of `manifest`.
    pub fn attach(manifest: &[u8], line: &CommandLine) -> io::Result<Self> {
        let mut devices = Self {
            list: Vec::new(),
            manifest: manifest.to_vec(),
        };
        let entries = devices.manifest[HEADER..].chunks_exact_mut(ENTRY);
        for entry in entries.skip(1) {
            let name: String = entry
                .iter()
                .map_while(|byte| (*byte != 0).then_some(*byte as char))
                .collect();
            let attached = line.attached.get(&name);
            let attached = attached.ok_or_else(|| {
                io::Error::other(format!("Device '{name}' declared but not attached."))
            })?;
            let device = if entry[KIND] == BLOCK {
                let disk = OpenOptions::new().read(true).write(true).open(attached)?;
                let capacity = disk.metadata()?.len();
                entry[PROPERTIES..][..8].copy_from_slice(&capacity.to_le_bytes());
                entry[PROPERTIES + 8..][..2].copy_from_slice(&BLOCK_SIZE.to_le_bytes());
                Device::Block(disk, capacity)
            } else {
                let interface = Interface::new(attached, line.macs.get(&name).copied())?;
                entry[PROPERTIES..][..6].copy_from_slice(&interface.mac);
                entry[PROPERTIES + 6..][..2].copy_from_slice(&Interface::MTU.to_le_bytes());
                Device::Net(interface)
            };
            entry[ATTACHED] = 1;
            devices.list.push(device);
        }
        Ok(devices)
    }

    /// The interfaces and their handles.
    pub fn interfaces(&self) -> impl Iterator<Item = (u64, &Interface)> {
        let handles = (1..).zip(&self.list);
        handles.filter_map(|(handle, device)| match device {
            Device::Net(interface) => Some((handle, interface)),
            Device::Block(..) => None,
        })
    }

    /// The device with this handle.
    pub fn get(&self, handle: u64) -> Option<&Device> {
        self.list.get(usize::try_from(handle).ok()?.checked_sub(1)?)
    }
}
