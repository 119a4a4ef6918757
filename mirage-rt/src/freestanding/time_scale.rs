//! Conversion of a counter to time.

/// Nanoseconds in a second.
const NANOS: u128 = 1_000_000_000;

/// A linear relation between a counter and nanoseconds since boot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeScale {
    /// A count, and the time of that count.
    pub(crate) count: u64,
    pub(crate) nanos: u64,
    /// Nanoseconds per count, in units of 2^-32.
    pub(crate) rate: u64,
}

impl TimeScale {
    /// Returns the scale of a counter with this frequency, with time 0 at `count`.
    pub(crate) fn new(count: u64, hertz: u64) -> Self {
        Self {
            count,
            nanos: 0,
            rate: rate(hertz),
        }
    }

    /// Returns nanoseconds since boot at `count`. Counts before that of the scale are treated as equal to it.
    pub(crate) fn nanos(&self, count: u64) -> u64 {
        self.nanos
            .saturating_add(self.span(count.saturating_sub(self.count)))
    }

    /// Returns the duration of `counts` counts in nanoseconds.
    pub(crate) fn span(&self, counts: u64) -> u64 {
        let nanos = (u128::from(counts) * u128::from(self.rate)) >> 32;
        u64::try_from(nanos).unwrap_or(u64::MAX)
    }
}

/// Returns nanoseconds per count in units of 2^-32, which is at least 2^22 from 1 Hz to 1 THz.
pub(crate) fn rate(hertz: u64) -> u64 {
    ((NANOS << 32) / u128::from(hertz.clamp(1, 1 << 40))) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_passes_without_overflow_or_drift() {
        let hertz = 2_893_437_211;
        let scale = TimeScale::new(0, hertz);
        let year = 365 * 24 * 3600;
        let nanos = scale.nanos(year * hertz);
        let error = nanos.abs_diff(year * 1_000_000_000);
        assert!(error < 100_000_000, "{error} ns in a year: below 4 in 10^9");
    }

    #[test]
    fn absurd_rates_neither_overflow_nor_divide_by_zero() {
        assert_eq!(TimeScale::new(0, 0).nanos(u64::MAX), u64::MAX);
        assert!(TimeScale::new(0, u64::MAX).nanos(u64::MAX) > 0);
    }
}
