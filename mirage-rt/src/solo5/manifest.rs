//! The manifest that the tender has filled in: the devices of the image, and what is attached to each.

use crate::freestanding::physical::PhysicalMemory;
use mirage_graph::mac_address::MacAddress;
use mirage_solo5::manifest::{
    DeviceKind, ENTRY_LEN, Entry, HEADER_LEN, MAX_ENTRIES, VERSION, read_header,
};

/// The manifest's entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Manifest<'a>(&'a [u8]);

/// An attached network interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttachedInterface {
    /// Its handle, 1 to 63.
    pub(crate) handle: u8,
    /// Its MAC address.
    pub(crate) mac: MacAddress,
    /// Its MTU in bytes.
    pub(crate) mtu: u16,
    /// On `spt`, the descriptor that frames are read from and written to.
    pub(crate) descriptor: i32,
}

/// An attached disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttachedDisk {
    /// Its handle, 1 to 63.
    pub(crate) handle: u8,
    /// Its size, in bytes.
    pub(crate) capacity: u64,
    /// The size of a block in bytes.
    pub(crate) block_size: u16,
    /// On `spt`, the descriptor that blocks are read from and written to.
    pub(crate) descriptor: i32,
}

impl<'a> Manifest<'a> {
    /// A manifest without entries.
    #[cfg(mirage_target)]
    pub(crate) const EMPTY: Self = Self(&[]);

    /// Returns the manifest at `address`, or `None` if there is none of this version.
    pub(crate) fn read(memory: &'a impl PhysicalMemory, address: u64) -> Option<Self> {
        let header = memory.bytes(address, HEADER_LEN)?;
        let (version, entries) = read_header(header.first_chunk()?);
        if version != VERSION || !(1..=MAX_ENTRIES).contains(&entries) {
            return None;
        }
        let first = address.checked_add(HEADER_LEN as u64)?;
        let entries = memory.bytes(first, entries as usize * ENTRY_LEN)?;
        Some(Self(entries))
    }

    /// Returns the attached interface of that name.
    pub(crate) fn interface(&self, name: &str) -> Option<AttachedInterface> {
        let (handle, entry) = self.attached(DeviceKind::NetBasic, name)?;
        let (mac, mtu) = entry.net();
        Some(AttachedInterface {
            handle,
            mac,
            mtu,
            descriptor: entry.descriptor(),
        })
    }

    /// Returns the attached disk of that name.
    pub(crate) fn disk(&self, name: &str) -> Option<AttachedDisk> {
        let (handle, entry) = self.attached(DeviceKind::BlockBasic, name)?;
        let (capacity, block_size) = entry.block();
        Some(AttachedDisk {
            handle,
            capacity,
            block_size,
            descriptor: entry.descriptor(),
        })
    }

    /// Returns the handle and the entry of an attached device.
    fn attached(&self, kind: DeviceKind, name: &str) -> Option<(u8, Entry<'a>)> {
        let (entries, _) = self.0.as_chunks();
        let mut devices = (0..).zip(entries.iter().map(Entry)).skip(1);
        devices.find(|(_, entry)| {
            entry.kind() == kind as u32 && entry.is_attached() && entry.name() == name.as_bytes()
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::freestanding::physical::fake::Pieces;
    use mirage_solo5::manifest::{Properties, RESERVED_FIRST, attach, entry, header};
    use proptest::prelude::*;
    use std::{vec, vec::Vec};

    /// A manifest with a disk and an interface, both attached and called `service`.
    pub(crate) fn example() -> Vec<u8> {
        let mut disk = entry("service", DeviceKind::BlockBasic as u32);
        let properties = Properties::Block {
            capacity: 8 << 20,
            block_size: 512,
        };
        attach(&mut disk, properties, 5);
        let mut interface = entry("service", DeviceKind::NetBasic as u32);
        let properties = Properties::Net {
            mac: MacAddress([2, 0, 0, 0, 0, 9]),
            mtu: 1500,
        };
        attach(&mut interface, properties, 5);
        let first = entry("", RESERVED_FIRST);
        [&header(3)[..], &first, &disk, &interface].concat()
    }

    fn interface(bytes: Vec<u8>, name: &str) -> Option<AttachedInterface> {
        let memory = Pieces(vec![(0x1_1028, bytes)]);
        Manifest::read(&memory, 0x1_1028)?.interface(name)
    }

    #[test]
    fn devices_are_found_by_their_kind_and_name() {
        let found = interface(example(), "service");
        let expected = AttachedInterface {
            handle: 2,
            mac: MacAddress([2, 0, 0, 0, 0, 9]),
            mtu: 1500,
            descriptor: 5,
        };
        assert_eq!(found, Some(expected));
        assert_eq!(interface(example(), "servic"), None);
        let memory = Pieces(vec![(0, example())]);
        let manifest = Manifest::read(&memory, 0).expect("a manifest");
        let disk = manifest.disk("service").expect("a disk");
        assert_eq!((disk.handle, disk.descriptor), (1, 5));
        assert_eq!((disk.capacity, disk.block_size), (8 << 20, 512));
        let mut detached = example();
        detached[HEADER_LEN + 2 * ENTRY_LEN + 96] = 0;
        assert_eq!(interface(detached, "service"), None);
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        let read = |bytes: &[u8]| {
            let memory = Pieces(vec![(0, bytes.to_vec())]);
            Manifest::read(&memory, 0).is_some()
        };
        assert!(read(&example()));
        assert!(
            !read(&example()[..HEADER_LEN + 3 * ENTRY_LEN - 1]),
            "too short"
        );
        for (at, value) in [(0, 2), (4, 0), (4, 65)] {
            let mut wrong = example();
            wrong[at] = value;
            assert!(!read(&wrong), "{value} at {at}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..400), name in ".*") {
            let _ = interface(bytes.clone(), &name);
            let mut plausible = example();
            for (to, from) in plausible[HEADER_LEN..].iter_mut().zip(bytes) {
                *to = from;
            }
            let _ = interface(plausible, &name);
        }
    }
}
