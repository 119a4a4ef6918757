//! What the tender says when it starts the image (`include/hvt_abi.h` of Solo5).

use crate::{
    freestanding::physical::{PhysicalMemory, u64_at},
    solo5::{guest_memory, manifest::Manifest},
};

/// The most memory that a guest has: hypercalls have addresses of 32 bits.
const MOST_MEMORY: u64 = 4 << 30;

/// The boot information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BootInfo<'a> {
    /// The end of the guest's memory.
    pub(super) memory_end: u64,
    /// Counts of the time stamp counter in a second.
    pub(super) hertz: u64,
    /// The unikernel's command line.
    pub(super) command_line: &'a [u8],
    /// The devices.
    pub(super) manifest: Manifest<'a>,
}

impl<'a> BootInfo<'a> {
    /// The information at `address`; `None` if it does not make sense.
    pub(super) fn read(memory: &'a impl PhysicalMemory, address: u64) -> Option<Self> {
        let info = memory.bytes(address, 40)?;
        Some(Self {
            memory_end: u64_at(info, 0).filter(|end| *end <= MOST_MEMORY)?,
            hertz: u64_at(info, 16)?,
            command_line: guest_memory::command_line(memory, u64_at(info, 24)?)?,
            manifest: Manifest::read(memory, u64_at(info, 32)?)?,
        })
    }
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

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(info in prop::collection::vec(any::<u8>(), 56), address: u64) {
            let memory = memory(info);
            let _ = BootInfo::read(&memory, 0x1_0000);
            let _ = BootInfo::read(&memory, address);
        }
    }
}
