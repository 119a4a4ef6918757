//! Pieces of AML (chapter 20), which is searched but not interpreted.

use crate::virtio::little_endian::{u16_at, u32_at, u64_at};

/// Opcodes.
pub(super) const NAME: u8 = 0x08;
pub(super) const PACKAGE: u8 = 0x12;
pub(super) const ADD: u8 = 0x72;

/// The name of every device's hardware identifier: behind it is another device.
pub(super) const NEXT: &[u8] = b"_HID";

/// Splits at the first `separator`.
// Most bytes are compared with one: a boot searches tables of several kilobytes.
pub(super) fn split<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let first = separator.first()?;
    let mut start = 0;
    loop {
        let rest = bytes.get(start..)?;
        start += rest.iter().position(|byte| byte == first)?;
        if let Some(behind) = bytes.get(start..)?.strip_prefix(separator) {
            return Some((bytes.get(..start)?, behind));
        }
        start += 1;
    }
}

/// Returns the constant integer at the start of `aml` (section 20.2.3), and what follows it.
// Inlined into each search, it takes 1 KB.
#[inline(never)]
pub(super) fn integer(aml: &[u8]) -> Option<(u64, &[u8])> {
    let (opcode, rest) = aml.split_first()?;
    let (value, length) = match opcode {
        constant @ (0 | 1) => (u64::from(*constant), 0),
        0x0a => (u64::from(*rest.first()?), 1),
        0x0b => (u64::from(u16_at(rest, 0)?), 2),
        0x0c => (u64::from(u32_at(rest, 0)?), 4),
        0x0e => (u64_at(rest, 0)?, 8),
        _ => return None,
    };
    Some((value, rest.get(length..)?))
}

/// Skips a package length (section 20.2.4): the top two bits are the number of further bytes.
pub(super) fn skip_length(aml: &[u8]) -> Option<&[u8]> {
    aml.get(1 + usize::from(*aml.first()? >> 6)..)
}
