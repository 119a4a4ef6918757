//! Sizes, as the attribute writes them: `16MiB`.

mod validate;

use crate::text::Text;
use alloc::string::String;
use core::ops::RangeInclusive;

pub use validate::{any, buffer, memory, stack};

/// The minimum memory of a machine, in bytes: that of a small image with its page tables, stacks and
/// buffers.
pub const MIN_MEMORY: u64 = 2 << 20;

/// The sizes of a port's buffers, in bytes: the smallest holds a whole Ethernet packet.
pub const BUFFERS: RangeInclusive<u64> = (2 << 10)..=(16 << 20);

/// The sizes of an image's stack, in bytes: the smallest is twice the need of starting the devices.
pub const STACKS: RangeInclusive<u64> = (32 << 10)..=(64 << 20);

/// The default size of the stack, in bytes.
pub const DEFAULT_STACK: u64 = 128 << 10;

/// Units and their powers of two.
const UNITS: [(&str, u32); 3] = [("KiB", 10), ("MiB", 20), ("GiB", 30)];

/// Parses a size in bytes: a whole number and `KiB`, `MiB` or `GiB`.
///
/// ```
/// assert_eq!(mirage_graph::size::parse("16MiB"), Some(16 << 20));
/// assert_eq!(mirage_graph::size::parse("16MB"), None);
/// ```
pub const fn parse(text: &str) -> Option<u64> {
    let Some((digits, shift)) = split_unit(text) else {
        return None;
    };
    let mut value = 0u64;
    let mut index = 0;
    while index < digits.len() {
        if !digits[index].is_ascii_digit() {
            return None;
        }
        value = match value.checked_mul(10) {
            Some(value) => value,
            None => return None,
        };
        value = match value.checked_add((digits[index] - b'0') as u64) {
            Some(value) => value,
            None => return None,
        };
        index += 1;
    }
    if digits.is_empty() {
        return None;
    }
    value.checked_mul(1 << shift)
}

/// The bytes before the unit, and the unit's power of two; `None` without a known unit.
const fn split_unit(text: &str) -> Option<(&[u8], u32)> {
    let Some((digits, unit)) = text.as_bytes().split_last_chunk::<3>() else {
        return None;
    };
    let shift = match unit {
        b"KiB" => 10,
        b"MiB" => 20,
        b"GiB" => 30,
        _ => return None,
    };
    Some((digits, shift))
}

/// Whether a text consists of digits and a unit.
pub(crate) const fn has_digits_and_unit(text: &str) -> bool {
    let Some((mut digits, _)) = split_unit(text) else {
        return false;
    };
    if digits.is_empty() {
        return false;
    }
    while let [first, rest @ ..] = digits {
        if !first.is_ascii_digit() {
            return false;
        }
        digits = rest;
    }
    true
}

impl<const CAPACITY: usize> Text<CAPACITY> {
    /// Appends `bytes` in the largest unit that leaves a whole number.
    #[must_use]
    pub const fn with_size(self, bytes: u64) -> Self {
        let mut index = UNITS.len();
        while index > 0 {
            index -= 1;
            let (unit, shift) = UNITS[index];
            if bytes != 0 && bytes.trailing_zeros() >= shift {
                return self.with_number(bytes >> shift).with(unit);
            }
        }
        self.with_number(bytes).with(" bytes")
    }
}

/// `bytes` in the largest unit that leaves a whole number.
pub fn display(bytes: u64) -> String {
    Text::<32>::new().with_size(bytes).as_str().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_and_a_unit() {
        assert_eq!(parse("64KiB"), Some(64 << 10));
        assert_eq!(parse("1GiB"), Some(1 << 30));
        for text in [
            "",
            "MiB",
            "16",
            "16M",
            "16 MiB",
            "1.5GiB",
            "-1MiB",
            "99999999999999999999GiB",
            "17179869184GiB",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_image_fits_in_the_memory_of_a_machine() {
        assert_eq!(memory("2MiB"), Ok(2 << 20));
        let error = memory("2047KiB").expect_err("too little memory");
        assert_eq!(error.code(), "MIR051");
    }

    #[test]
    fn a_size_reads_as_it_was_written() {
        for text in ["16MiB", "3KiB", "2GiB", "1536MiB"] {
            assert_eq!(display(parse(text).expect("a size")), text);
        }
        assert_eq!(display(1000), "1000 bytes");
    }
}
