//! Ethernet (MAC) addresses, as the attribute writes them: `02:00:00:00:00:01`.

use crate::{text::Text, value_error::ValueError};
use core::fmt;

/// An Ethernet address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HardwareAddress(pub [u8; 6]);

impl HardwareAddress {
    /// The address that `text` is: six pairs of hexadecimal digits, with colons or with hyphens
    /// between. `None` if it is not one.
    pub const fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 17 {
            return None;
        }
        let separator = bytes[2];
        if separator != b':' && separator != b'-' {
            return None;
        }
        let mut octets = [0; 6];
        let mut index = 0;
        while index < octets.len() {
            let start = index * 3;
            if index > 0 && bytes[start - 1] != separator {
                return None;
            }
            octets[index] = match (digit(bytes[start]), digit(bytes[start + 1])) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return None,
            };
            index += 1;
        }
        Some(Self(octets))
    }

    /// The address of one station that `text` is.
    ///
    /// # Errors
    /// It is none, or of a group of stations, or all zeros.
    pub const fn station(text: &str) -> Result<Self, ValueError> {
        match Self::parse(text) {
            None => Err(ValueError::HardwareAddress(Text::new().with(text))),
            Some(address) if address.is_multicast() || address.is_zero() => {
                Err(ValueError::NotAStation(Text::new().with(text)))
            }
            Some(address) => Ok(address),
        }
    }

    /// The address by which the device of the interface `node` is known in the machine of `image`,
    /// where there are several interfaces and none was given: of one station, administered locally
    /// (IEEE 802), and always the same.
    pub fn of_node(image: &str, node: &str) -> Self {
        // FNV-1a with 64 bits.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in image.bytes().chain([b'/']).chain(node.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
        let [a, b, c, d, e, ..] = hash.to_be_bytes();
        Self([0x02, a, b, c, d, e])
    }

    /// Whether both are one address.
    pub const fn is(self, other: Self) -> bool {
        u64::from_be_bytes(self.wide()) == u64::from_be_bytes(other.wide())
    }

    const fn wide(self) -> [u8; 8] {
        let [a, b, c, d, e, f] = self.0;
        [0, 0, a, b, c, d, e, f]
    }

    /// As it is written, with colons.
    pub const fn text(self) -> Text<64> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = Text::new();
        let mut index = 0;
        while index < self.0.len() {
            let octet = self.0[index];
            let digits = [DIGITS[(octet >> 4) as usize], DIGITS[(octet & 15) as usize]];
            if index > 0 {
                text = text.with(":");
            }
            text = match core::str::from_utf8(&digits) {
                Ok(digits) => text.with(digits),
                Err(_) => text,
            };
            index += 1;
        }
        text
    }

    /// Whether it is of a group of stations (the lowest bit of the first byte, IEEE 802).
    pub const fn is_multicast(self) -> bool {
        self.0[0] & 1 != 0
    }

    /// Whether it is all zeros, which no station has.
    pub const fn is_zero(self) -> bool {
        matches!(self.0, [0, 0, 0, 0, 0, 0])
    }
}

const fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        b'A'..=b'F' => Some(character - b'A' + 10),
        _ => None,
    }
}

impl fmt::Display for HardwareAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn addresses_are_six_pairs_of_digits() {
        let address = HardwareAddress::parse("02:00:00:aB:cd:01").expect("an address");
        assert_eq!(address.0, [2, 0, 0, 0xab, 0xcd, 1]);
        assert_eq!(address.to_string(), "02:00:00:ab:cd:01");
        assert_eq!(HardwareAddress::parse("02-00-00-AB-CD-01"), Some(address));
        for text in [
            "",
            "02",
            "02:00:00:ab:cd",
            "02:00:00:ab:cd:1",
            "02:00:00:ab:cd:0g",
            "02:00:00:ab:cd:01:",
            "02:00-00:ab:cd:01",
            "020000abcd01",
            "02.00.00.ab.cd.01",
        ] {
            assert_eq!(HardwareAddress::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn groups_and_nobody_are_told_apart() {
        let parse = |text| HardwareAddress::parse(text).expect("an address");
        assert!(parse("ff:ff:ff:ff:ff:ff").is_multicast());
        assert!(parse("01:00:5e:00:00:01").is_multicast());
        assert!(!parse("02:00:00:00:00:01").is_multicast());
        assert!(parse("00:00:00:00:00:00").is_zero());
    }
}
