//! The host's time without a system call for each reading: between two calls, the time is computed from
//! the time stamp counter.

use crate::freestanding::time_scale::TimeScale;

/// How long a reading of the host's clock is used, in nanoseconds.
const TRUSTED: u64 = 1_000_000;

/// Minimum interval for measuring the counter's frequency, in nanoseconds.
const SETTLED: u64 = 10_000_000;

/// Minimum ratio of the interval to the duration of its readings. The relative error of the frequency is
/// at most its inverse.
const PRECISION: u64 = 1_000;

/// A reading of the host's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    /// The counter before the call.
    pub(super) count: u64,
    /// The counts that the call took.
    pub(super) took: u64,
    /// The host's time, in nanoseconds.
    pub(super) nanos: u64,
}

/// The host's time.
pub(super) struct Interpolation {
    first: Answer,
    last: Answer,
    /// The time since the last reading, once the frequency is known.
    scale: Option<TimeScale>,
    /// The counter's frequency, once it is known.
    hertz: Option<u64>,
    /// The latest time that was returned. Time never goes back.
    latest: u64,
}

impl Interpolation {
    /// Starts from a first reading.
    pub(super) const fn new(first: Answer) -> Self {
        Self {
            first,
            last: first,
            scale: None,
            hertz: None,
            latest: first.nanos,
        }
    }

    /// Returns the time at `count`. Reads the host's clock if the last reading is too old.
    pub(super) fn now(&mut self, count: u64, ask: impl FnOnce() -> Answer) -> u64 {
        let passed = self.scale.as_ref().map(|scale| scale.nanos(count));
        let now = match passed {
            // The counter goes back if the process has moved to another processor.
            Some(passed) if passed < TRUSTED && count >= self.last.count => {
                self.last.nanos.saturating_add(passed)
            }
            _ => self.take(ask()),
        };
        self.latest = self.latest.max(now);
        self.latest
    }

    fn take(&mut self, answer: Answer) -> u64 {
        self.hertz = self.hertz.or_else(|| self.measured(&answer));
        self.scale = self.hertz.map(|hertz| TimeScale::new(answer.count, hertz));
        self.last = answer;
        answer.nanos
    }

    /// Returns the frequency between the first reading and this one, if it is precise enough.
    fn measured(&self, answer: &Answer) -> Option<u64> {
        let counts = answer.count.checked_sub(self.first.count)?;
        let nanos = answer.nanos.checked_sub(self.first.nanos)?;
        let took = self.first.took.saturating_add(answer.took);
        if nanos < SETTLED || took.saturating_mul(PRECISION) > counts {
            return None;
        }
        let hertz = u128::from(counts) * 1_000_000_000 / u128::from(nanos);
        u64::try_from(hertz).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;

    /// A host whose counter counts three times a nanosecond, from 1000 at the time 500, and answers
    /// after some counts.
    struct Host {
        took: Cell<u64>,
        asked: Cell<u32>,
    }

    impl Host {
        fn answer(&self, passed: u64) -> Answer {
            self.asked.set(self.asked.get() + 1);
            Answer {
                count: 1000 + 3 * passed,
                took: self.took.get(),
                nanos: 500 + passed,
            }
        }
    }

    fn host() -> Host {
        Host {
            took: Cell::new(300),
            asked: Cell::new(0),
        }
    }

    fn now(time: &mut Interpolation, host: &Host, passed: u64) -> u64 {
        time.now(1000 + 3 * passed, || host.answer(passed))
    }

    #[test]
    fn the_host_is_asked_once_a_millisecond_when_the_rate_is_known() {
        let host = host();
        let mut time = Interpolation::new(host.answer(0));
        for passed in [10, 9_999_999] {
            assert_eq!(now(&mut time, &host, passed), 500 + passed);
        }
        assert_eq!(host.asked.get(), 3, "the rate is not known");
        for step in 0..10_000 {
            let passed = 10_000_000 + step * 1_000;
            let latest = now(&mut time, &host, passed);
            assert!(latest.abs_diff(500 + passed) <= 1, "{passed}: {latest}");
        }
        assert_eq!(host.asked.get(), 3 + 10);
    }

    #[test]
    fn a_rate_that_was_measured_badly_is_none() {
        let host = host();
        let mut time = Interpolation::new(host.answer(0));
        // The process was stopped while it asked.
        host.took.set(3 * 2_000_000);
        now(&mut time, &host, 20_000_000);
        now(&mut time, &host, 20_000_001);
        assert_eq!(host.asked.get(), 3);
        host.took.set(300);
        now(&mut time, &host, 20_000_002);
        now(&mut time, &host, 20_000_003);
        assert_eq!(host.asked.get(), 4);
    }

    #[test]
    fn time_does_not_go_back_whatever_the_counter_does() {
        let host = host();
        let mut time = Interpolation::new(host.answer(0));
        let mut latest = now(&mut time, &host, 50_000_000);
        for (count, passed) in [
            (1000, 50_000_100),
            (u64::MAX, 50_000_200),
            (0, 50_000_300),
            (u64::MAX / 2, 50_000_100),
        ] {
            let later = time.now(count, || Answer {
                count,
                ..host.answer(passed)
            });
            assert!(later >= latest, "{later} after {latest}");
            latest = later;
        }
        assert_eq!(latest, 500 + 50_000_300);
    }
}
