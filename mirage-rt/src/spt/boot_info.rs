//! The boot information of `solo5-spt`.

use crate::{
    freestanding::physical::PhysicalMemory,
    solo5::{guest_memory, manifest::Manifest},
};
use mirage_solo5::boot_info::Spt;

/// The boot information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BootInfo<'a> {
    /// The end of the guest's memory.
    pub(super) memory_end: u64,
    /// The unikernel's command line.
    pub(super) command_line: &'a [u8],
    /// The devices.
    pub(super) manifest: Manifest<'a>,
    /// The epoll descriptor, which watches the devices.
    pub(super) epoll: i32,
    /// The descriptor of the timer, which the epoll descriptor watches as well.
    pub(super) timer: i32,
}

impl<'a> BootInfo<'a> {
    /// Reads the information at `address`. Returns `None` if it is invalid.
    pub(super) fn read(memory: &'a impl PhysicalMemory, address: u64) -> Option<Self> {
        let info = Spt::from_bytes(memory.bytes(address, Spt::LEN)?.first_chunk()?);
        Some(Self {
            memory_end: info.memory_end,
            command_line: guest_memory::command_line(memory, info.command_line)?,
            manifest: Manifest::read(memory, info.manifest)?,
            epoll: info.epoll,
            timer: info.timer,
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
            (0x1_1000, info),
            (0x1_1028, manifest),
            (0x1_2000, line),
        ])
    }

    fn info() -> Vec<u8> {
        let info = Spt {
            memory_end: 512 << 20,
            kernel_end: 0x12_0000,
            command_line: 0x1_2000,
            manifest: 0x1_1028,
            epoll: 4,
            timer: 3,
        };
        info.to_bytes().into()
    }

    #[test]
    fn everything_is_where_solo5_says() {
        let memory = memory(info());
        let read = BootInfo::read(&memory, 0x1_1000).expect("boot information");
        assert_eq!(read.memory_end, 512 << 20);
        assert_eq!(read.command_line, b"--port=80");
        assert!(read.manifest.interface("service").is_some());
        assert_eq!((read.epoll, read.timer), (4, 3));
    }

    #[test]
    fn pointers_that_lead_nowhere_are_refused() {
        for at in [16, 24] {
            for wrong in [0, u64::MAX, 0x1_2fff] {
                let mut info = info();
                info[at..at + 8].copy_from_slice(&wrong.to_le_bytes());
                assert_eq!(BootInfo::read(&memory(info), 0x1_1000), None);
            }
        }
        assert_eq!(BootInfo::read(&memory(info()), 0x1_1001), None);
    }

    #[test]
    fn fuzz_boot_info() {
        fuzzing::fuzz("boot-info-spt", &[memory(info()).encode()], |input| {
            let memory = Pieces::decode(input);
            if let Some(info) = BootInfo::read(&memory, 0x1_1000) {
                info.manifest.interface("service");
                info.manifest.disk("service");
            }
        });
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(info in prop::collection::vec(any::<u8>(), 40), address: u64) {
            let memory = memory(info);
            let _ = BootInfo::read(&memory, 0x1_1000);
            let _ = BootInfo::read(&memory, address);
        }
    }
}
