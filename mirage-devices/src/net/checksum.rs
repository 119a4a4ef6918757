//! The Internet checksum (RFC 1071).
//!
//! A sum does not depend on the byte order in which the 16-bit words are read (RFC 1071, section
//! 2 (B)), nor on how many of them are added at once (section 2 (C)). So memory is added in words of
//! eight bytes as it lies, and the bytes are swapped once, when the sum is folded.

use core::{
    net::{Ipv4Addr, Ipv6Addr},
    ops::Add,
};

/// A one's complement sum of 16-bit words, not folded yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum(u64);

impl Sum {
    /// The sum of no words.
    pub const ZERO: Self = Self(0);

    /// Returns the sum of `bytes`, padded with a zero byte to a whole number of 16-bit words.
    #[inline]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let (blocks, rest) = bytes.as_chunks::<64>();
        let (mut sum, mut carries) = (0_u64, 0_u64);
        // The carry stays in the processor's flag within a block.
        for block in blocks {
            let mut carry = false;
            for word in block.as_chunks().0 {
                (sum, carry) = sum.carrying_add(u64::from_ne_bytes(*word), carry);
            }
            // Too few to overflow.
            carries += u64::from(carry);
        }
        let (mut rest, mut words) = (rest, Self(sum) + Self(carries));
        if rest.is_empty() {
            return words;
        }
        // Fewer than 64 bytes: no loop.
        if let Some((chunk, more)) = rest.split_first_chunk::<32>() {
            (words, rest) = (words + Self(chained(chunk.as_chunks().0)), more);
        }
        if let Some((chunk, more)) = rest.split_first_chunk::<16>() {
            (words, rest) = (words + Self(chained(chunk.as_chunks().0)), more);
        }
        if let Some((chunk, more)) = rest.split_first_chunk::<8>() {
            (words, rest) = (words + Self(u64::from_ne_bytes(*chunk)), more);
        }
        words + Self(short(rest))
    }

    /// Returns the sum with a 16-bit word added.
    #[inline]
    pub const fn add_u16(self, word: u16) -> Self {
        self.add_words(word.to_be() as u64)
    }

    /// Returns the sum with the two 16-bit words of an IPv4 address added.
    #[inline]
    pub const fn add_ipv4(self, address: Ipv4Addr) -> Self {
        self.add_words(u32::from_ne_bytes(address.octets()) as u64)
    }

    /// Returns the sum as a 16-bit word.
    #[inline]
    pub const fn fold(self) -> u16 {
        // Adding a number to itself with its halves exchanged leaves their sum, carry included, in
        // the upper half.
        let sum = (self.0.wrapping_add(self.0.rotate_right(32)) >> 32) as u32;
        let sum = (sum.wrapping_add(sum.rotate_right(16)) >> 16) as u16;
        u16::from_be(sum)
    }

    /// Returns the checksum: the complement of the sum.
    #[inline]
    pub const fn checksum(self) -> u16 {
        !self.fold()
    }

    /// Returns whether this is the sum of words whose checksum, which is one of them, is correct.
    #[inline]
    pub const fn is_correct(self) -> bool {
        // The fold of all multiples of 0xffff but 0 is 0xffff, because 0xffff divides 2⁶⁴ − 1. By the same
        // reason, the quotient of a multiple is its product with this number, and no other product is as
        // small.
        const MAX_QUOTIENT: u64 = u64::MAX / 0xffff;
        let quotient = self.0.wrapping_mul(MAX_QUOTIENT.wrapping_neg());
        quotient.wrapping_sub(1) < MAX_QUOTIENT
    }

    #[inline]
    const fn add_words(self, words: u64) -> Self {
        let (sum, carry) = self.0.overflowing_add(words);
        Self(sum + carry as u64)
    }
}

impl Add for Sum {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        self.add_words(other.0)
    }
}

/// Returns the one's complement sum of two words.
#[inline]
pub const fn add(first: u16, second: u16) -> u16 {
    let (sum, carry) = first.overflowing_add(second);
    sum + carry as u16
}

/// The sum of a few words, carry included.
#[inline]
fn chained(words: &[[u8; 8]]) -> u64 {
    let (mut sum, mut carry) = (0_u64, false);
    for word in words {
        (sum, carry) = sum.carrying_add(u64::from_ne_bytes(*word), carry);
    }
    // Cannot overflow: two words and a carry add up to 2⁶⁵ − 2 at most.
    sum + u64::from(carry)
}

/// The sum of fewer than eight bytes.
#[inline]
fn short(bytes: &[u8]) -> u64 {
    let (mut sum, mut rest) = (0, bytes);
    if let Some((word, more)) = rest.split_first_chunk() {
        sum += u64::from(u32::from_ne_bytes(*word));
        rest = more;
    }
    if let Some((word, more)) = rest.split_first_chunk() {
        sum += u64::from(u16::from_ne_bytes(*word));
        rest = more;
    }
    if let [byte, ..] = rest {
        sum += u64::from(u16::from_ne_bytes([*byte, 0]));
    }
    sum
}

/// Returns the sum of the pseudo-header that the checksums of TCP and UDP over IPv4 include (RFC
/// 9293, section 3.1): `length` is that of transport header and payload.
#[inline]
pub const fn pseudo_header_ipv4(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    protocol: u8,
    length: u16,
) -> Sum {
    Sum::ZERO
        .add_ipv4(source)
        .add_ipv4(destination)
        .add_u16(protocol as u16)
        .add_u16(length)
}

/// Returns the sum of the pseudo-header that the checksums of TCP, UDP and ICMP over IPv6 include (RFC
/// 8200, section 8.1).
#[inline(always)]
pub fn pseudo_header_ipv6(
    source: Ipv6Addr,
    destination: Ipv6Addr,
    protocol: u8,
    length: u16,
) -> Sum {
    (Sum::from_bytes(&source.octets()) + Sum::from_bytes(&destination.octets()))
        .add_u16(protocol as u16)
        .add_u16(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    /// RFC 1071, section 1, word by word.
    fn reference(bytes: &[u8]) -> u16 {
        let mut sum = 0_u32;
        for word in bytes.chunks(2) {
            sum += u32::from(word[0]) << 8 | u32::from(*word.get(1).unwrap_or(&0));
            sum = (sum & 0xffff) + (sum >> 16);
        }
        sum as u16
    }

    #[test]
    fn the_example_of_rfc_1071_is_reproduced() {
        let sum = Sum::from_bytes(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
        assert_eq!(sum.fold(), 0xddf2);
        assert_eq!(sum.checksum(), !0xddf2);
    }

    #[test]
    fn carries_are_not_lost() {
        for length in 0..200 {
            let ones = std::vec![0xff; length];
            assert_eq!(Sum::from_bytes(&ones).fold(), reference(&ones), "{length}");
        }
    }

    #[test]
    fn a_pseudo_header_is_its_twelve_bytes() {
        let sum = pseudo_header_ipv4([192, 0, 2, 1].into(), [198, 51, 100, 7].into(), 17, 0x1234);
        let bytes = [192, 0, 2, 1, 198, 51, 100, 7, 0, 17, 0x12, 0x34];
        assert_eq!(sum.fold(), reference(&bytes));
    }

    proptest! {
        #[test]
        fn sums_are_those_of_rfc_1071(bytes: Vec<u8>, even in 0..2000_usize) {
            prop_assert_eq!(Sum::from_bytes(&bytes).fold(), reference(&bytes));
            let (first, second) = bytes.split_at((even & !1).min(bytes.len() & !1));
            let parts = Sum::from_bytes(first) + Sum::from_bytes(second);
            prop_assert_eq!(parts.fold(), reference(&bytes));
        }

        #[test]
        fn a_checksum_makes_its_words_correct(mut bytes in prop::collection::vec(1..=u8::MAX, 2..100)) {
            bytes[..2].fill(0);
            let checksum = Sum::from_bytes(&bytes).checksum();
            bytes[..2].copy_from_slice(&checksum.to_be_bytes());
            prop_assert!(Sum::from_bytes(&bytes).is_correct());
            bytes[1] ^= 1;
            prop_assert!(!Sum::from_bytes(&bytes).is_correct());
        }

        #[test]
        fn a_sum_is_correct_if_its_fold_is_all_ones(words: u64, multiple: u16) {
            let near = u64::from(multiple) * 0xffff;
            for sum in [words, near, near.wrapping_sub(1), near + 1, 0, u64::MAX].map(Sum) {
                prop_assert_eq!(sum.is_correct(), sum.fold() == u16::MAX);
            }
        }

        #[test]
        fn words_are_added_as_sums_are(first: u16, second: u16) {
            let sum = Sum::ZERO.add_u16(first).add_u16(second);
            prop_assert_eq!(add(first, second), sum.fold());
        }
    }
}
