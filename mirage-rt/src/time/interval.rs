//! Ticks at a fixed period.

use super::{Duration, Instant, Sleep, sleep_until};
use crate::platform;

/// A tick counts as missed if it is later than this. Otherwise the next one is one period after the
/// tick's deadline, whatever the [`MissedTickBehavior`].
const TOLERANCE: Duration = Duration::from_millis(5);

/// Returns an [`Interval`] that ticks every `period`. The first tick completes immediately.
///
/// ```
/// use mirage_rt::time::{Clock, Duration, interval};
///
/// mirage_rt::test::run(async |_| {
///     let start = Clock.now();
///     let mut seconds = interval(Duration::from_secs(1));
///     for _ in 0..4 {
///         seconds.tick().await;
///     }
///     assert_eq!(Clock.now() - start, Duration::from_secs(3));
/// });
/// ```
///
/// # Panics
/// Panics if `period` is zero.
pub fn interval(period: Duration) -> Interval {
    interval_at(platform::now(), period)
}

/// Returns an [`Interval`] that ticks every `period`, for the first time at `start`.
///
/// # Panics
/// Panics if `period` is zero.
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    assert!(!period.is_zero(), "the period of an interval is zero");
    Interval {
        period,
        next: sleep_until(start),
        missed: MissedTickBehavior::Burst,
    }
}

/// Ticks at a fixed period. Made by [`interval`] and [`interval_at`].
#[derive(Debug)]
pub struct Interval {
    period: Duration,
    next: Sleep,
    missed: MissedTickBehavior,
}

/// When an [`Interval`] ticks after a missed tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissedTickBehavior {
    /// Ticks at once for each missed tick, until it has caught up.
    #[default]
    Burst,
    /// Ticks one period after the late tick.
    Delay,
    /// Skips the missed ticks: ticks at the next multiple of the period.
    Skip,
}

impl Interval {
    /// Completes at the next tick, and returns the tick's deadline.
    ///
    /// Dropping the future loses no tick.
    pub async fn tick(&mut self) -> Instant {
        (&mut self.next).await;
        let (due, now) = (self.next.deadline(), platform::now());
        let next = if now - due > TOLERANCE {
            self.missed.next(due, now, self.period)
        } else {
            due + self.period
        };
        self.next.reset(next);
        due
    }

    /// Sets the next tick to one period from now.
    pub fn reset(&mut self) {
        self.next.reset(platform::now() + self.period);
    }

    /// Returns the period.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// Returns the behaviour after a missed tick.
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.missed
    }

    /// Sets the behaviour after a missed tick.
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        self.missed = behavior;
    }
}

impl MissedTickBehavior {
    fn next(self, due: Instant, now: Instant, period: Duration) -> Instant {
        match self {
            Self::Burst => due + period,
            Self::Delay => now + period,
            Self::Skip => {
                let late = (now - due).as_nanos() % period.as_nanos();
                // Less than the time that has passed, which fits.
                now + period.saturating_sub(Duration::from_nanos(late as u64))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Clock, sleep};
    use alloc::vec::Vec;

    /// When ticks complete, in seconds, if 3.5 seconds pass after the first.
    fn ticks(behavior: MissedTickBehavior) -> Vec<f32> {
        crate::test::run(async move |_| {
            let mut ticks = Vec::new();
            let mut interval = interval(Duration::from_secs(1));
            interval.set_missed_tick_behavior(behavior);
            for _ in 0..6 {
                interval.tick().await;
                ticks.push((Clock.now() - Instant::BOOT).as_secs_f32());
                if ticks.len() == 1 {
                    sleep(Duration::from_millis(3500)).await;
                }
            }
            ticks
        })
    }

    #[test]
    fn missed_ticks_burst_delay_or_are_skipped() {
        let burst = ticks(MissedTickBehavior::Burst);
        assert_eq!(burst, [0.0, 3.5, 3.5, 3.5, 4.0, 5.0]);
        let delay = ticks(MissedTickBehavior::Delay);
        assert_eq!(delay, [0.0, 3.5, 4.5, 5.5, 6.5, 7.5]);
        let skip = ticks(MissedTickBehavior::Skip);
        assert_eq!(skip, [0.0, 3.5, 4.0, 5.0, 6.0, 7.0]);
    }

    #[test]
    fn a_tick_that_is_hardly_late_does_not_drift() {
        crate::test::run(async |_| {
            let mut interval = interval(Duration::from_secs(1));
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            for second in 0..100 {
                let due = interval.tick().await;
                assert_eq!(due, Instant::BOOT + Duration::from_secs(second));
                sleep_until(due + Duration::from_millis(1004)).await;
            }
        });
    }
}
