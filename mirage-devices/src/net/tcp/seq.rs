//! Sequence numbers (RFC 9293, section 3.4).

use core::ops::{Add, Sub};

/// A sequence number: a position in a byte stream, modulo 2³².
///
/// Only numbers that are less than 2³¹ apart are ordered, so there are methods instead of `PartialOrd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeqNumber(pub u32);

impl SeqNumber {
    /// Returns whether `self` is before `other`.
    pub const fn is_before(self, other: Self) -> bool {
        (self.0.wrapping_sub(other.0) as i32) < 0
    }

    /// Returns whether `self` is after `other`.
    pub const fn is_after(self, other: Self) -> bool {
        other.is_before(self)
    }

    /// Returns the later of the two.
    pub const fn max(self, other: Self) -> Self {
        if self.is_before(other) { other } else { self }
    }

    /// Returns the earlier of the two.
    pub const fn min(self, other: Self) -> Self {
        if other.is_before(self) { other } else { self }
    }

    /// Returns the bytes from `earlier` to `self`, or 0 if `earlier` is later.
    pub const fn saturating_distance(self, earlier: Self) -> u32 {
        if self.is_before(earlier) {
            0
        } else {
            self.0.wrapping_sub(earlier.0)
        }
    }

    /// Returns whether `self` is in the range from `start` (inclusive) to `end` (exclusive).
    pub const fn is_within(self, start: Self, end: Self) -> bool {
        self.0.wrapping_sub(start.0) < end.0.wrapping_sub(start.0)
    }
}

impl Add<u32> for SeqNumber {
    type Output = Self;
    fn add(self, bytes: u32) -> Self {
        Self(self.0.wrapping_add(bytes))
    }
}

impl Sub<u32> for SeqNumber {
    type Output = Self;
    fn sub(self, bytes: u32) -> Self {
        Self(self.0.wrapping_sub(bytes))
    }
}

impl Sub for SeqNumber {
    type Output = u32;
    /// Returns the bytes from `earlier` to `self`, modulo 2³².
    fn sub(self, earlier: Self) -> u32 {
        self.0.wrapping_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_holds_across_zero() {
        let (before, after) = (SeqNumber(u32::MAX - 9), SeqNumber(10));
        assert!(before.is_before(after) && after.is_after(before));
        assert_eq!(after - before, 20);
        assert_eq!(before + 20, after);
        assert_eq!(before.saturating_distance(after), 0);
        assert!(SeqNumber(3).is_within(before, after));
        assert!(!after.is_within(before, after));
    }
}
