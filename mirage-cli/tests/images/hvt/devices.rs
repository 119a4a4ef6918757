//! The guest's devices: those that its manifest names, attached as the command line asks.

use super::{command_line::CommandLine, network::Interface};
use mirage_solo5::manifest::{self, DeviceKind, HEADER_LEN, Properties};
use mirage_tender::image::Manifest;
use std::{fs::File, fs::OpenOptions, io};

/// A device, known to the guest by its position in the manifest.
pub enum Device {
    /// A network interface.
    Net(Interface),
    /// A disk, and its size in bytes.
    Block(File, u64),
}

/// The devices, and the manifest that describes them to the guest.
pub struct Devices {
    /// In the manifest's order; the first entry is reserved.
    pub list: Vec<Device>,
    /// The manifest that is passed to the guest.
    pub manifest: Vec<u8>,
}

/// Size of a disk's blocks in bytes.
const BLOCK_SIZE: u16 = 512;

impl Devices {
    /// Attaches the devices of `manifest`.
    pub fn attach(manifest: &Manifest<'_>, line: &CommandLine) -> io::Result<Self> {
        let mut devices = Self {
            list: Vec::new(),
            manifest: manifest.bytes.to_vec(),
        };
        let (entries, _) = devices.manifest[HEADER_LEN..].as_chunks_mut();
        for (entry, declared) in entries.iter_mut().skip(1).zip(&manifest.devices) {
            let name = declared.name();
            let attached = line.attached.get(name);
            let attached = attached.ok_or_else(|| {
                io::Error::other(format!("Device '{name}' declared but not attached."))
            })?;
            let (device, properties) = match declared.kind() {
                DeviceKind::BlockBasic => {
                    let disk = OpenOptions::new().read(true).write(true).open(attached)?;
                    let capacity = disk.metadata()?.len();
                    let properties = Properties::Block {
                        capacity,
                        block_size: BLOCK_SIZE,
                    };
                    (Device::Block(disk, capacity), properties)
                }
                DeviceKind::NetBasic => {
                    let interface = Interface::new(attached, line.macs.get(name).copied())?;
                    let properties = Properties::Net {
                        mac: interface.mac,
                        mtu: Interface::MTU,
                    };
                    (Device::Net(interface), properties)
                }
            };
            // A guest of `hvt` has no descriptors.
            manifest::attach(entry, properties, 0);
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
