//! The manifest (`include/mft_abi.h`): the devices that an image declares and, once a tender has started
//! it, what was attached to them.
//!
//! A header of [`HEADER_LEN`] bytes precedes the entries, each of [`ENTRY_LEN`]. The first entry is
//! reserved. A device's handle is its entry's position.

use crate::bytes::{get, put, u32_at};
use mirage_graph::mac_address::MacAddress;

/// The manifest's version.
pub const VERSION: u32 = 1;
/// The length of the header, in bytes.
pub const HEADER_LEN: usize = 8;
/// The length of an entry (`struct mft_entry`), in bytes.
pub const ENTRY_LEN: usize = 104;
/// The maximum number of entries, the reserved one included: sets of handles are 64-bit masks.
pub const MAX_ENTRIES: u32 = 64;
/// The room for a name and the NUL that ends it, in bytes.
pub const NAME_LEN: usize = 68;
/// The type of the first entry (`MFT_RESERVED_FIRST`).
pub const RESERVED_FIRST: u32 = 1 << 30;

const TYPE: usize = NAME_LEN;
const CAPACITY: usize = 72;
const BLOCK_SIZE: usize = 80;
const MAC: usize = 72;
const MTU: usize = 78;
const HOST_DESCRIPTOR: usize = 88;
const ATTACHED: usize = 96;

/// A device that an image declares, by its name: 1 to 67 letters and digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device<'a> {
    /// A network interface.
    NetBasic(&'a str),
    /// A disk.
    BlockBasic(&'a str),
}

/// The type of a device (`enum mft_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    /// `MFT_DEV_BLOCK_BASIC`: a disk.
    BlockBasic = 1,
    /// `MFT_DEV_NET_BASIC`: a network interface.
    NetBasic = 2,
}

impl<'a> Device<'a> {
    /// Returns the name.
    pub const fn name(self) -> &'a str {
        match self {
            Self::NetBasic(name) | Self::BlockBasic(name) => name,
        }
    }

    /// Returns the type.
    pub const fn kind(self) -> DeviceKind {
        match self {
            Self::NetBasic(_) => DeviceKind::NetBasic,
            Self::BlockBasic(_) => DeviceKind::BlockBasic,
        }
    }
}

/// The data of a device that a tender passes to the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Properties {
    /// `struct mft_block_basic`
    Block {
        /// The disk's size, in bytes.
        capacity: u64,
        /// The size of a block, in bytes.
        block_size: u16,
    },
    /// `struct mft_net_basic`
    Net {
        /// The interface's MAC address.
        mac: MacAddress,
        /// The largest IP packet, in bytes.
        mtu: u16,
    },
}

/// Reads the version and the number of entries.
pub const fn read_header(header: &[u8; HEADER_LEN]) -> (u32, u32) {
    (u32_at(header, 0), u32_at(header, 4))
}

/// Returns the header of a manifest with `entries` entries.
pub const fn header(entries: u32) -> [u8; HEADER_LEN] {
    let mut header = [0; HEADER_LEN];
    put(&mut header, 0, &VERSION.to_le_bytes());
    put(&mut header, 4, &entries.to_le_bytes());
    header
}

/// Returns the entry of a device that is not attached yet.
///
/// # Panics
/// If the name is longer than 67 bytes.
pub const fn entry(name: &str, kind: u32) -> [u8; ENTRY_LEN] {
    assert!(
        name.len() < NAME_LEN,
        "a name has at most 67 letters and digits"
    );
    let mut entry = [0; ENTRY_LEN];
    put(&mut entry, 0, name.as_bytes());
    put(&mut entry, TYPE, &kind.to_le_bytes());
    entry
}

/// Marks an entry as attached to a device with `properties` and, on `spt`, to `descriptor`.
pub fn attach(entry: &mut [u8; ENTRY_LEN], properties: Properties, descriptor: i32) {
    match properties {
        Properties::Net { mac, mtu } => {
            put(entry, MAC, &mac.0);
            put(entry, MTU, &mtu.to_le_bytes());
        }
        Properties::Block {
            capacity,
            block_size,
        } => {
            put(entry, CAPACITY, &capacity.to_le_bytes());
            put(entry, BLOCK_SIZE, &block_size.to_le_bytes());
        }
    }
    put(entry, HOST_DESCRIPTOR, &descriptor.to_le_bytes());
    entry[ATTACHED] = 1;
}

/// An entry, as it is in memory.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a>(pub &'a [u8; ENTRY_LEN]);

impl<'a> Entry<'a> {
    /// Returns the name up to the first NUL, all of [`NAME_LEN`] bytes if there is none.
    pub fn name(self) -> &'a [u8] {
        let name = &self.0[..NAME_LEN];
        let end = name.iter().position(|byte| *byte == 0);
        &name[..end.unwrap_or(NAME_LEN)]
    }

    /// Returns the number of the type.
    pub const fn kind(self) -> u32 {
        u32_at(self.0, TYPE)
    }

    /// Whether a tender has attached the device.
    pub const fn is_attached(self) -> bool {
        self.0[ATTACHED] != 0
    }

    /// Returns the properties of a network interface: the MAC address and the largest IP packet, in
    /// bytes.
    pub const fn net(self) -> (MacAddress, u16) {
        let mtu = u16::from_le_bytes(get(self.0, MTU));
        (MacAddress(get(self.0, MAC)), mtu)
    }

    /// Returns the properties of a disk: its size and the size of a block, in bytes.
    pub const fn block(self) -> (u64, u16) {
        let block_size = u16::from_le_bytes(get(self.0, BLOCK_SIZE));
        (u64::from_le_bytes(get(self.0, CAPACITY)), block_size)
    }

    /// Returns the host's descriptor, on `spt`.
    pub const fn descriptor(self) -> i32 {
        i32::from_le_bytes(get(self.0, HOST_DESCRIPTOR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `offsetof` and `sizeof` of the C structures.
    #[test]
    fn an_attached_entry_has_solo5s_layout() {
        let mut net = entry("service", DeviceKind::NetBasic as u32);
        assert_eq!(net[..8], *b"service\0");
        assert_eq!(net[68..72], [2, 0, 0, 0]);
        let mac = MacAddress([2, 0, 0, 0, 0, 9]);
        attach(&mut net, Properties::Net { mac, mtu: 1500 }, 5);
        assert_eq!(net[72..80], [2, 0, 0, 0, 0, 9, 0xdc, 0x05]);
        assert_eq!(net[88..97], [5, 0, 0, 0, 0, 0, 0, 0, 1]);
        let read = Entry(&net);
        assert_eq!(read.name(), b"service");
        assert_eq!(read.net(), (mac, 1500));
        assert_eq!(read.descriptor(), 5);
        assert!(read.is_attached());

        let mut block = entry("storage", DeviceKind::BlockBasic as u32);
        assert!(!Entry(&block).is_attached());
        let properties = Properties::Block {
            capacity: 8 << 20,
            block_size: 512,
        };
        attach(&mut block, properties, 6);
        assert_eq!(block[72..82], [0, 0, 0x80, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!(Entry(&block).block(), (8 << 20, 512));
    }

    #[test]
    fn a_name_without_an_end_is_all_of_its_room() {
        let endless = [b'x'; ENTRY_LEN];
        assert_eq!(Entry(&endless).name().len(), NAME_LEN);
    }
}
