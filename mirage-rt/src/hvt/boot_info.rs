//! The boot information of `solo5-hvt`.

use crate::{
    freestanding::{physical::PhysicalMemory, range::Range},
    solo5::{guest_memory, manifest::Manifest},
};
use mirage_devices::solo5::ring::LENGTH;
use mirage_solo5::boot_info::{Hvt, HvtRing};

/// Maximum memory of a guest: hypercalls have 32-bit addresses.
const MAX_MEMORY: u64 = 4 << 30;

/// Maximum size of the memory that contains a ring.
const RING_PART: u64 = 2 << 20;

/// The boot information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BootInfo<'a> {
    /// The end of the guest's memory.
    pub(super) memory_end: u64,
    /// The frequency of the time stamp counter.
    pub(super) hertz: u64,
    /// The unikernel's command line.
    pub(super) command_line: &'a [u8],
    /// The devices.
    pub(super) manifest: Manifest<'a>,
    /// The memory of the ring, if the tender has one.
    pub(super) ring: Option<Range>,
}

impl<'a> BootInfo<'a> {
    /// Reads the information at `address`. Returns `None` if it is invalid.
    pub(super) fn read(memory: &'a impl PhysicalMemory, address: u64) -> Option<Self> {
        let info = Hvt::from_bytes(memory.bytes(address, Hvt::LEN)?.first_chunk()?);
        if info.memory_end > MAX_MEMORY {
            return None;
        }
        Some(Self {
            memory_end: info.memory_end,
            hertz: info.cycle_frequency,
            command_line: guest_memory::command_line(memory, info.command_line)?,
            manifest: Manifest::read(memory, info.manifest)?,
            ring: ring(memory, address, &info),
        })
    }
}

/// Returns the ring, which follows the memory in a part of its own. Older tenders have none: their
/// manifest begins where newer ones describe the ring.
fn ring(memory: &impl PhysicalMemory, address: u64, info: &Hvt) -> Option<Range> {
    let address = address + Hvt::LEN as u64;
    let ring = HvtRing::from_bytes(memory.bytes(address, HvtRing::LEN)?.first_chunk()?);
    if info.manifest < address + HvtRing::LEN as u64 || ring.features & HvtRing::HAS_RING == 0 {
        return None;
    }
    let start = ring.address;
    let end = start.checked_add(LENGTH as u64)?;
    let is_there =
        start >= info.memory_end && end <= info.memory_end + RING_PART && start.is_multiple_of(64);
    is_there.then_some(Range { start, end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{freestanding::physical::fake::Pieces, solo5::manifest::tests::example};
    use proptest::prelude::*;
    use std::{vec, vec::Vec};

    fn memory(info: Vec<u8>) -> Pieces {
        let (manifest, line) = (example(), b"--port=80\0".to_vec());
        Pieces(vec![
            (0x1_0000, info),
            (0x1_0038, manifest),
            (0x1_2000, line),
        ])
    }

    fn info() -> Vec<u8> {
        let longs = [
            512_u64 << 20,
            0x12_0000,
            2_500_000_000,
            0x1_2000,
            0x1_0038,
            0,
            0,
        ];
        longs.iter().flat_map(|long| long.to_le_bytes()).collect()
    }

    #[test]
    fn everything_is_where_solo5_says() {
        let memory = memory(info());
        let read = BootInfo::read(&memory, 0x1_0000).expect("boot information");
        assert_eq!(read.memory_end, 512 << 20);
        assert_eq!(read.hertz, 2_500_000_000);
        assert_eq!(read.command_line, b"--port=80");
        assert!(read.manifest.interface("service").is_some());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (at, wrong) in [
            (0, (4 << 30) + 1),
            (24, 0),
            (24, u64::MAX),
            (32, 0x1_2000),
            (32, u64::MAX),
        ] {
            let mut info = info();
            info[at..at + 8].copy_from_slice(&wrong.to_le_bytes());
            assert_eq!(
                BootInfo::read(&memory(info), 0x1_0000),
                None,
                "{wrong} at {at}"
            );
        }
        assert_eq!(BootInfo::read(&memory(info()), 0x1_0028), None);
    }

    /// The information with this ring, in a newer tender's form, and its features.
    fn ring_at(address: u64, features: u32) -> Option<u64> {
        let mut info = info();
        info[40..44].copy_from_slice(&features.to_le_bytes());
        info[48..56].copy_from_slice(&address.to_le_bytes());
        let memory = memory(info);
        let read = BootInfo::read(&memory, 0x1_0000).expect("boot information");
        read.ring.map(|ring| ring.start)
    }

    #[test]
    fn a_ring_is_where_it_can_be() {
        let end = 512 << 20;
        assert_eq!(ring_at(end, 1), Some(end));
        assert_eq!(ring_at(end, 2), None);
        let last = end + (2 << 20) - (LENGTH as u64).next_multiple_of(64);
        assert_eq!(ring_at(last, 1), Some(last));
        for wrong in [0, end - 64, end + 8, last + 64, u64::MAX - 63] {
            assert_eq!(ring_at(wrong, 1), None, "{wrong:#x}");
        }
    }

    #[test]
    fn an_older_tender_has_no_ring() {
        let longs = [512_u64 << 20, 0x12_0000, 2_500_000_000, 0x1_2000, 0x1_0028];
        let mut info: Vec<u8> = longs.iter().flat_map(|long| long.to_le_bytes()).collect();
        info.extend(example());
        let line = (0x1_2000, b"\0".to_vec());
        let memory = Pieces(vec![(0x1_0000, info), line]);
        let read = BootInfo::read(&memory, 0x1_0000).expect("boot information");
        assert!(read.manifest.interface("service").is_some());
        assert_eq!(read.ring, None);
    }

    #[test]
    fn fuzz_boot_info() {
        fuzzing::fuzz("boot-info-hvt", &[memory(info()).encode()], |input| {
            let memory = Pieces::decode(input);
            if let Some(info) = BootInfo::read(&memory, 0x1_0000) {
                info.manifest.interface("service");
                info.manifest.disk("service");
            }
        });
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(info in prop::collection::vec(any::<u8>(), 56), address: u64) {
            let memory = memory(info);
            let _ = BootInfo::read(&memory, 0x1_0000);
            let _ = BootInfo::read(&memory, address);
        }
    }
}
