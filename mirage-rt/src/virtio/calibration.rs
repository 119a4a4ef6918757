//! Measuring the frequency of the time stamp counter.

use crate::freestanding::time_scale::{TimeScale, rate};

impl TimeScale {
    /// Sets the frequency from `count` on. Time continues from its current value at the new rate.
    pub(super) fn correct(&mut self, count: u64, hertz: u64) {
        self.nanos = self.nanos(count);
        self.count = count.max(self.count);
        self.rate = rate(hertz);
    }
}

/// Returns the frequency of a counter from its counts and those of a counter of `reference_hertz` in the
/// same interval. Returns `None` if either did not count.
pub(super) fn hertz(counts: u64, reference: u64, reference_hertz: u64) -> Option<u64> {
    if counts == 0 {
        return None;
    }
    (u128::from(counts) * u128::from(reference_hertz))
        .checked_div(u128::from(reference))
        .and_then(|hertz| u64::try_from(hertz).ok())
}

/// Returns the counts of a counter that wraps after `size` counts, from its difference modulo `size` and
/// an expected value that is off by less than half of `size`.
pub(super) fn unwrap(difference: u64, size: u64, expected: u64) -> u64 {
    let missing = expected.saturating_add(size / 2).saturating_sub(difference);
    difference + missing / size * size
}

/// Returns `a * b / divisor`, saturated.
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
