//! When an image asks its machine for entropy again.

/// The interval in counts of the time stamp counter: 1 to 4 seconds.
///
/// A copy of a machine without a generation ID draws the same numbers as the original for this long. The
/// processor's generator takes up to a few microseconds for a seed, and so at most a few millionths of
/// the time.
const INTERVAL: u64 = 1 << 32;

/// The interval between two requests for entropy.
pub(crate) struct Interval {
    /// The counter at the last request.
    last: u64,
}

impl Interval {
    /// Begins at this count of the time stamp counter.
    pub(crate) fn begin(count: u64) -> Self {
        Self { last: count }
    }

    /// Returns whether the interval is over at `count`, and begins the next one if so. A counter that goes
    /// back ends it too: the machine was restored, or continues on another host.
    pub(crate) fn is_over(&mut self, count: u64) -> bool {
        let is_over = count.wrapping_sub(self.last) >= INTERVAL;
        if is_over {
            self.last = count;
        }
        is_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_ends_by_time_and_by_a_step_back() {
        let mut interval = Interval::begin(1_000);
        let mut ends = |counts: &[u64]| {
            let ends = counts.iter().map(|count| interval.is_over(*count));
            ends.collect::<std::vec::Vec<_>>()
        };
        let end = 1_000 + INTERVAL;
        assert_eq!(
            ends(&[1_000, end - 1, end, end + 1]),
            [false, false, true, false]
        );
        assert_eq!(ends(&[end - 1, end - 1, end]), [true, false, false]);
    }
}
