//! How fast the time stamp counter counts, where that has to be found out.

use crate::freestanding::time_scale::{TimeScale, rate};

impl TimeScale {
    /// The counter turned out to count with `hertz`; this is so from `count` on. Time goes on from
    /// where it is, at the new rate.
    pub(super) fn correct(&mut self, count: u64, hertz: u64) {
        self.nanos = self.nanos(count);
        self.count = count.max(self.count);
        self.rate = rate(hertz);
    }
}

/// How fast a counter counts, given how far it and a counter of `reference_hertz` went in the
/// same time. `None` if either stood still.
pub(super) fn hertz(counts: u64, reference: u64, reference_hertz: u64) -> Option<u64> {
    if counts == 0 {
        return None;
    }
    (u128::from(counts) * u128::from(reference_hertz))
        .checked_div(u128::from(reference))
        .and_then(|hertz| u64::try_from(hertz).ok())
}

/// How far a counter that starts again after `size` counts went, if it went `difference` modulo
/// `size` and `expected` is about right: off by less than half of `size`.
pub(super) fn unwrap(difference: u64, size: u64, expected: u64) -> u64 {
    let missing = expected.saturating_add(size / 2).saturating_sub(difference);
    difference + missing / size * size
}

/// `a * b / divisor`, the largest number where that does not fit.
pub(super) fn mul_div(a: u64, b: u64, divisor: u64) -> u64 {
    (u128::from(a) * u128::from(b))
        .checked_div(u128::from(divisor))
        .and_then(|result| u64::try_from(result).ok())
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_when_the_rate_is_corrected() {
        let mut scale = TimeScale::new(1_000, 2_000_000_000);
        assert_eq!(scale.nanos(1_000), 0);
        assert_eq!(scale.nanos(3_000), 1_000);
        scale.correct(3_000, 1_000_000_000);
        assert_eq!(scale.nanos(3_000), 1_000);
        assert_eq!(scale.nanos(4_000), 2_000);
        assert_eq!(scale.nanos(0), 1_000, "a count before the correction");
    }

    #[test]
    fn absurd_rates_neither_overflow_nor_divide_by_zero() {
        assert_eq!(hertz(5, 0, 1_000), None);
        assert_eq!(hertz(0, 5, 1_000), None);
        assert_eq!(hertz(u64::MAX, 1, u64::MAX), None);
        assert_eq!(mul_div(u64::MAX, 6, 3), u64::MAX);
        assert_eq!(mul_div(1, 1, 0), u64::MAX);
    }

    #[test]
    fn rate_from_two_counters() {
        assert_eq!(hertz(2_500, 1_000, 1_000_000_000), Some(2_500_000_000));
    }

    #[test]
    fn a_reference_that_wrapped_is_unwrapped() {
        assert_eq!(unwrap(10, 65_536, 12), 10);
        assert_eq!(unwrap(10, 65_536, 65_536 * 3 - 30_000), 65_536 * 3 + 10);
        assert_eq!(unwrap(65_530, 65_536, 65_536 * 2), 65_536 + 65_530);
        assert_eq!(unwrap(10, 65_536, 0), 10);
        assert_eq!(unwrap(40, 1_001, 1_040), 1_041);
    }
}
