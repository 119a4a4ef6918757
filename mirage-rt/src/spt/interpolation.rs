//! The host's time without asking the host each time: between two answers the processor's counter
//! tells how much of it has passed.

use crate::freestanding::time_scale::TimeScale;

/// How long an answer of the host's is good for, in nanoseconds.
const TRUSTED: u64 = 1_000_000;

/// How long the counter is watched before its rate is known, in nanoseconds.
const SETTLED: u64 = 10_000_000;

/// How many times longer than its readings took an interval is that tells the rate: so much the
/// error of the rate is smaller than one.
const PRECISION: u64 = 1_000;

/// An answer of the host's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    /// The counter before the host was asked.
    pub(super) count: u64,
    /// How far it went meanwhile.
    pub(super) took: u64,
    /// The host's time, in nanoseconds.
    pub(super) nanos: u64,
}

/// The host's time.
pub(super) struct Interpolation {
    first: Answer,
    last: Answer,
    /// What has passed since the last answer, once the rate is known.
    scale: Option<TimeScale>,
    /// Counts in a second, once they are known.
    hertz: Option<u64>,
    /// The latest time that was told: none before it is.
    told: u64,
}

impl Interpolation {
    /// From the first answer on.
    pub(super) const fn new(first: Answer) -> Self {
        Self {
            first,
            last: first,
            scale: None,
            hertz: None,
            told: first.nanos,
        }
    }

    /// The time at `count`. Asks the host where the last answer says nothing any more.
    pub(super) fn now(&mut self, count: u64, ask: impl FnOnce() -> Answer) -> u64 {
        let passed = self.scale.as_ref().map(|scale| scale.nanos(count));
        let now = match passed {
            // A counter that goes back was another's.
            Some(passed) if passed < TRUSTED && count >= self.last.count => {
                self.last.nanos.saturating_add(passed)
            }
            _ => self.take(ask()),
        };
        self.told = self.told.max(now);
        self.told
    }

    fn take(&mut self, answer: Answer) -> u64 {
        self.hertz = self.hertz.or_else(|| self.measured(&answer));
        self.scale = self.hertz.map(|hertz| TimeScale::new(answer.count, hertz));
        self.last = answer;
        answer.nanos
    }

    /// The rate by the first answer and this one, if they tell it well.
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
            let told = now(&mut time, &host, passed);
            assert!(told.abs_diff(500 + passed) <= 1, "{passed}: {told}");
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
        let mut told = now(&mut time, &host, 50_000_000);
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
            assert!(later >= told, "{later} after {told}");
            told = later;
        }
        assert_eq!(told, 500 + 50_000_300);
    }
}
