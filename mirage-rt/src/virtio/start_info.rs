//! The start information of PVH: memory map, command line, ACPI root pointer.
//!
//! It is `struct hvm_start_info` of Xen's x86/HVM direct boot ABI. Its own map reports the memory that
//! contains it as usable, so [`StartInfo::read`] copies it before the heap receives any memory.

use super::little_endian::{u32_at, u64_at};
use crate::freestanding::{physical::PhysicalMemory, range::Range};
use mirage_graph::argument::MAX_COMMAND_LINE_LEN;

/// First word of the start information: "xEn3" with the top bit of the E set.
const MAGIC: u32 = 0x336e_c578;

/// Type of a memory map entry for usable memory, as in E820.
const USABLE: u32 = 1;

/// Maximum number of ranges. Further ranges are not used.
const RANGES: usize = 32;

/// The start information, copied.
pub(super) struct StartInfo {
    memory: [Range; RANGES],
    ranges: usize,
    command_line: [u8; MAX_COMMAND_LINE_LEN],
    command_line_length: usize,
    command_line_is_cut: bool,
    rsdp: u64,
}

impl StartInfo {
    /// Copies the information at `address`. Returns `None` if it is not start information, or if it has no
    /// memory map (version 0).
    pub(super) fn read(memory: &impl PhysicalMemory, address: u64) -> Option<Self> {
        let header = memory.bytes(address, 56)?;
        if u32_at(header, 0)? != MAGIC || u32_at(header, 4)? < 1 {
            return None;
        }
        let mut info = Self {
            memory: [Range { start: 0, end: 0 }; RANGES],
            ranges: 0,
            command_line: [0; MAX_COMMAND_LINE_LEN],
            command_line_length: 0,
            command_line_is_cut: false,
            rsdp: u64_at(header, 32)?,
        };
        let map = u64_at(header, 40)?;
        for index in 0..u64::from(u32_at(header, 48)?) {
            let entry = memory.bytes(map.checked_add(index.checked_mul(24)?)?, 24)?;
            let (start, size) = (u64_at(entry, 0)?, u64_at(entry, 8)?);
            let end = start.saturating_add(size);
            if u32_at(entry, 16)? == USABLE && start < end && info.ranges < RANGES {
                info.memory[info.ranges] = Range { start, end };
                info.ranges += 1;
            }
        }
        let line = u64_at(header, 24)?;
        if line != 0 {
            for offset in 0u64.. {
                let byte = memory.bytes(line.checked_add(offset)?, 1)?[0];
                if byte == 0 {
                    break;
                }
                let Some(kept) = info.command_line.get_mut(info.command_line_length) else {
                    info.command_line_is_cut = true;
                    break;
                };
                *kept = byte;
                info.command_line_length += 1;
            }
        }
        Some(info)
    }

    /// Returns the usable memory.
    pub(super) fn memory(&self) -> &[Range] {
        &self.memory[..self.ranges]
    }

    /// Returns the kernel command line without its terminating zero.
    pub(super) fn command_line(&self) -> &[u8] {
        &self.command_line[..self.command_line_length]
    }

    /// Returns whether the command line was truncated.
    pub(super) fn command_line_is_cut(&self) -> bool {
        self.command_line_is_cut
    }

    /// Returns the physical address of ACPI's root pointer; 0 if the machine has no ACPI.
    pub(super) fn rsdp(&self) -> u64 {
        self.rsdp
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::freestanding::physical::fake::Pieces;
    use std::vec::Vec;

    /// Start information at 0x1000 with the memory map at 0x2000 and the command line at 0x3000.
    fn memory(version: u32, entries: &[(u64, u64, u32)], line: &[u8]) -> Pieces {
        let mut header = Vec::new();
        for word in [MAGIC, version, 0, 0] {
            header.extend(word.to_le_bytes());
        }
        for long in [0u64, 0x3000, 0xe_0000, 0x2000] {
            header.extend(long.to_le_bytes());
        }
        header.extend((entries.len() as u32).to_le_bytes());
        header.extend(0u32.to_le_bytes());
        let mut map = Vec::new();
        for (start, size, kind) in entries {
            map.extend(start.to_le_bytes());
            map.extend(size.to_le_bytes());
            map.extend(kind.to_le_bytes());
            map.extend(0u32.to_le_bytes());
        }
        Pieces(std::vec![
            (0x1000, header),
            (0x2000, map),
            (0x3000, line.to_vec())
        ])
    }

    #[test]
    fn fuzz_start_info() {
        let entries = [
            (0, 0x9_fc00, 1),
            (0x10_0000, 0x700_0000, 1),
            (0xfeff_c000, 0x4000, 2),
        ];
        let seed = memory(1, &entries, b"console=ttyS0 -- --port=80\0");
        fuzzing::fuzz("start-info", &[seed.encode()], |input| {
            let memory = Pieces::decode(input);
            if let Some(info) = StartInfo::read(&memory, 0x1000) {
                assert!(info.memory().iter().all(|range| range.start <= range.end));
                assert!(info.command_line().len() <= MAX_COMMAND_LINE_LEN);
            }
        });
    }

    #[test]
    fn keeps_usable_memory_command_line_and_root_pointer() {
        let memory = memory(
            1,
            &[
                (0, 0, 0),
                (0, 0x9_fc00, 1),
                (0x10_0000, 0x70_0000, 1),
                (0xfeff_c000, 0x4000, 4),
            ],
            b"console=ttyS0\0rest",
        );
        let info = StartInfo::read(&memory, 0x1000).unwrap();
        assert_eq!(
            info.memory(),
            [
                Range {
                    start: 0,
                    end: 0x9_fc00
                },
                Range {
                    start: 0x10_0000,
                    end: 0x80_0000
                }
            ]
        );
        assert_eq!(info.command_line(), b"console=ttyS0");
        assert_eq!(info.rsdp(), 0xe_0000);
    }

    #[test]
    fn refuses_what_is_no_start_information() {
        let mut wrong = memory(1, &[], b"\0");
        wrong.0[0].1[0] ^= 1;
        assert!(StartInfo::read(&wrong, 0x1000).is_none());
        assert!(StartInfo::read(&memory(0, &[], b"\0"), 0x1000).is_none());
        assert!(StartInfo::read(&memory(1, &[], b"\0"), 0x5000).is_none());
    }

    #[test]
    fn a_range_that_wraps_ends_with_the_addresses() {
        let memory = memory(1, &[(u64::MAX - 1, 10, 1)], b"\0");
        let info = StartInfo::read(&memory, 0x1000).unwrap();
        assert_eq!(info.memory()[0].end, u64::MAX);
    }

    #[test]
    fn a_long_command_line_is_cut_and_known_to_be() {
        let line = |length| {
            let mut line = std::vec![b'a'; length];
            line.push(0);
            let info = StartInfo::read(&memory(1, &[], &line), 0x1000).unwrap();
            (info.command_line().len(), info.command_line_is_cut())
        };
        let longest = MAX_COMMAND_LINE_LEN;
        assert_eq!(line(longest), (longest, false));
        assert_eq!(line(longest + 1), (longest, true));
    }
}
