//! MAC addresses, as the attribute writes them: `02:00:00:00:00:01`.

use crate::{
    fnv::fnv_1a,
    text::{Excerpt, Text},
    value_error::ValueError,
};
use core::fmt;

/// A 48-bit MAC address (IEEE 802).
///
/// The macro, the runtime and the tool share this type. Device drivers, which depend on no other
/// crate of this workspace, take and return its octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MacAddress(pub [u8; 6]);

impl MacAddress {
    /// Parses six pairs of hexadecimal digits, separated by colons or by hyphens.
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

    /// Parses a unicast address.
    ///
    /// # Errors
    /// Returns [`ValueError::MacAddress`] if `text` is not an address, and
    /// [`ValueError::NotUnicast`] for a multicast address and for all zeros.
    pub const fn parse_unicast(text: &str) -> Result<Self, ValueError> {
        match Self::parse(text) {
            None => Err(ValueError::MacAddress(Excerpt::from_source(text))),
            Some(address) if address.is_multicast() || address.is_zero() => {
                Err(ValueError::NotUnicast(Excerpt::from_source(text)))
            }
            Some(address) => Ok(address),
        }
    }

    /// The default address of the interface `node` of `image` where there are several interfaces.
    /// It depends on the two names only.
    pub fn for_node(image: &str, node: &str) -> Self {
        let hash = fnv_1a(image.bytes().chain([b'/']).chain(node.bytes()));
        let [a, b, c, d, e, ..] = hash.to_be_bytes();
        Self::locally_administered([0, a, b, c, d, e])
    }

    /// Returns `octets` as a unicast, locally administered address: the lowest two bits of the first
    /// octet are replaced.
    pub const fn locally_administered(mut octets: [u8; 6]) -> Self {
        octets[0] = octets[0] & 0xfc | 0x02;
        Self(octets)
    }

    /// Whether both are one address; `==` for constant evaluation.
    pub const fn is(self, other: Self) -> bool {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, other.0);
        a == g && b == h && c == i && d == j && e == k && f == l
    }

    /// The address as text, with colons.
    pub const fn text(self) -> Text<64> {
        let mut text = Text::new().with_hex(self.0[0]);
        let mut index = 1;
        while index < self.0.len() {
            text = text.with(":").with_hex(self.0[index]);
            index += 1;
        }
        text
    }

    /// Whether it is a multicast or broadcast address (the lowest bit of the first octet).
    pub const fn is_multicast(self) -> bool {
        self.0[0] & 1 != 0
    }

    /// Whether it is all zeros, which no interface has.
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

impl fmt::Display for MacAddress {
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
        let address = MacAddress::parse("02:00:00:aB:cd:01").expect("an address");
        assert_eq!(address.0, [2, 0, 0, 0xab, 0xcd, 1]);
        assert_eq!(address.to_string(), "02:00:00:ab:cd:01");
        assert_eq!(MacAddress::parse("02-00-00-AB-CD-01"), Some(address));
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
            assert_eq!(MacAddress::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn multicast_and_zero_are_recognised() {
        let parse = |text| MacAddress::parse(text).expect("an address");
        assert!(parse("ff:ff:ff:ff:ff:ff").is_multicast());
        assert!(parse("01:00:5e:00:00:01").is_multicast());
        assert!(!parse("02:00:00:00:00:01").is_multicast());
        assert!(parse("00:00:00:00:00:00").is_zero());
        let local = MacAddress::locally_administered([0xff; 6]);
        assert_eq!(local.to_string(), "fe:ff:ff:ff:ff:ff");
    }
}
