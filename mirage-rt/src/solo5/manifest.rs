//! The manifest as the tender hands it over: the devices, and what was attached as each
//! (`include/mft_abi.h` of Solo5, version 1).

use crate::freestanding::physical::{PhysicalMemory, u16_at, u32_at, u64_at};
use mirage_graph::mac_address::MacAddress;

/// The form's version.
pub(super) const VERSION: u32 = 1;

/// Bytes before the entries: the version and their number.
pub(super) const HEADER: usize = 8;

/// Bytes of an entry.
pub(super) const ENTRY: usize = 104;

/// The most entries, the reserved first one included.
const MAX_ENTRIES: u32 = 64;

/// Where in an entry what is. The name begins it.
pub(super) const TYPE: usize = 68;
const MAC: usize = 72;
const MTU: usize = 78;
const CAPACITY: usize = 72;
const BLOCK_SIZE: usize = 80;
const DESCRIPTOR: usize = 88;
const ATTACHED: usize = 96;

/// Types of entries.
pub(super) const BLOCK: u32 = 1;
pub(super) const NETWORK: u32 = 2;
pub(super) const RESERVED_FIRST: u32 = 0x4000_0000;

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
    /// The largest IP packet that it carries.
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
    /// Bytes of a block.
    pub(crate) block_size: u16,
    /// On `spt`, the descriptor that blocks are read from and written to.
    pub(crate) descriptor: i32,
}

impl<'a> Manifest<'a> {
    /// A manifest without entries.
    #[cfg(mirage_target)]
    pub(crate) const EMPTY: Self = Self(&[]);

    /// The manifest at `address`; `None` if there is none of this version.
    pub(crate) fn read(memory: &'a impl PhysicalMemory, address: u64) -> Option<Self> {
        let header = memory.bytes(address, HEADER)?;
        let entries = u32_at(header, 4)?;
        if u32_at(header, 0)? != VERSION || !(1..=MAX_ENTRIES).contains(&entries) {
            return None;
        }
        let first = address.checked_add(HEADER as u64)?;
        let entries = memory.bytes(first, entries as usize * ENTRY)?;
        Some(Self(entries))
    }

    /// The interface of that name, if one is attached.
    pub(crate) fn interface(&self, name: &str) -> Option<AttachedInterface> {
        let (handle, entry) = self.attached(NETWORK, name)?;
        Some(AttachedInterface {
            handle,
            mac: MacAddress(*entry[MAC..].first_chunk()?),
            mtu: u16_at(entry, MTU)?,
            descriptor: u32_at(entry, DESCRIPTOR)?.cast_signed(),
        })
    }

    /// The disk of that name, if one is attached.
    pub(crate) fn disk(&self, name: &str) -> Option<AttachedDisk> {
        let (handle, entry) = self.attached(BLOCK, name)?;
        Some(AttachedDisk {
            handle,
            capacity: u64_at(entry, CAPACITY)?,
            block_size: u16_at(entry, BLOCK_SIZE)?,
            descriptor: u32_at(entry, DESCRIPTOR)?.cast_signed(),
        })
    }

    /// The handle and the entry of an attached device.
    fn attached(&self, kind: u32, name: &str) -> Option<(u8, &'a [u8; ENTRY])> {
        let (entries, _) = self.0.as_chunks::<ENTRY>();
        (0..).zip(entries).skip(1).find(|(_, entry)| {
            u32_at(*entry, TYPE) == Some(kind)
                && entry[ATTACHED] != 0
                && name_of(entry) == name.as_bytes()
        })
    }
}

/// The name of an entry, up to its zero.
fn name_of(entry: &[u8; ENTRY]) -> &[u8] {
    let name = &entry[..TYPE];
    let end = name.iter().position(|byte| *byte == 0);
    &name[..end.unwrap_or(name.len())]
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::freestanding::physical::fake::Pieces;
    use proptest::prelude::*;
    use std::{vec, vec::Vec};

    /// A manifest with a disk `service` and an attached interface of that name.
    pub(crate) fn example() -> Vec<u8> {
        let mut bytes = vec![0; HEADER + 3 * ENTRY];
        let mut put = |at: usize, what: &[u8]| bytes[at..at + what.len()].copy_from_slice(what);
        put(0, &VERSION.to_le_bytes());
        put(4, &3_u32.to_le_bytes());
        put(HEADER + TYPE, &RESERVED_FIRST.to_le_bytes());
        for (entry, kind) in [(1, BLOCK), (2, NETWORK)] {
            let at = HEADER + entry * ENTRY;
            put(at, b"service");
            put(at + TYPE, &kind.to_le_bytes());
            if kind == BLOCK {
                put(at + CAPACITY, &(8_u64 << 20).to_le_bytes());
                put(at + BLOCK_SIZE, &512_u16.to_le_bytes());
            } else {
                put(at + MAC, &[2, 0, 0, 0, 0, 9]);
                put(at + MTU, &1500_u16.to_le_bytes());
            }
            put(at + DESCRIPTOR, &5_i32.to_le_bytes());
            put(at + ATTACHED, &[1]);
        }
        bytes
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
        detached[HEADER + 2 * ENTRY + ATTACHED] = 0;
        assert_eq!(interface(detached, "service"), None);
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        let read = |bytes: &[u8]| {
            let memory = Pieces(vec![(0, bytes.to_vec())]);
            Manifest::read(&memory, 0).is_some()
        };
        assert!(read(&example()));
        assert!(!read(&example()[..HEADER + 3 * ENTRY - 1]), "too short");
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
            for (to, from) in plausible[HEADER..].iter_mut().zip(bytes) {
                *to = from;
            }
            let _ = interface(plausible, &name);
        }
    }
}
