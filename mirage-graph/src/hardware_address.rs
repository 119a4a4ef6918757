//! Ethernet (MAC) addresses, as the attribute writes them: `02:00:00:00:00:01`.

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
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
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
