//! The memory below the image, where the tender puts the boot information.

use crate::freestanding::physical::PhysicalMemory;

/// From the first mapped address to the start of the image.
#[cfg(mirage_target)]
pub(crate) const LOW: core::ops::Range<u64> = 0x1_0000..0x10_0000;

/// Maximum length of a command line, including its terminating zero.
const MAX_COMMAND_LINE_LEN: usize = 8192;

/// The memory that the tender writes before it starts the image. Nothing writes it afterwards.
#[cfg(mirage_target)]
pub(crate) struct LowMemory;

#[cfg(mirage_target)]
impl PhysicalMemory for LowMemory {
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        let end = address.checked_add(length as u64)?;
        if address < LOW.start || end > LOW.end {
            return None;
        }
        // SAFETY: every tender maps this range, readable, and nothing writes to it after the start.
        Some(unsafe { core::slice::from_raw_parts(address as *const u8, length) })
    }
}

/// Returns the command line at `address` without its terminating zero; `None` if there is no zero.
pub(crate) fn command_line(memory: &impl PhysicalMemory, address: u64) -> Option<&[u8]> {
    let mut length = 0;
    while memory.bytes(address.checked_add(length as u64)?, 1)? != [0] {
        length += 1;
        if length == MAX_COMMAND_LINE_LEN {
            return None;
        }
    }
    memory.bytes(address, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::freestanding::physical::fake::Pieces;
    use std::vec;

    #[test]
    fn a_command_line_ends_with_its_zero_and_within_memory() {
        let memory = Pieces(vec![(0x1000, b"--a b\0rest".to_vec())]);
        assert_eq!(command_line(&memory, 0x1000), Some(&b"--a b"[..]));
        assert_eq!(command_line(&memory, 0x1006), None);
        assert_eq!(command_line(&memory, u64::MAX), None);
        let line = |length| {
            let mut line = vec![b'x'; length];
            line.push(0);
            let memory = Pieces(vec![(0, line)]);
            command_line(&memory, 0).map(<[u8]>::len)
        };
        assert_eq!(line(8191), Some(8191));
        assert_eq!(line(8192), None);
    }
}
