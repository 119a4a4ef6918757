//! The date: a clock of the machine that is read again at intervals, because the time since boot stands
//! still while the machine is paused or is a snapshot.

use core::time::Duration;

/// For how long a reading is used. Reading the real-time clock takes some 30 exits to the hypervisor.
const INTERVAL: Duration = Duration::from_secs(1);

/// A clock of the machine that knows the date.
pub(super) trait DateSource {
    /// The difference from which on the date is corrected. It exceeds the resolution, so that the date does
    /// not jump while the machine runs.
    fn tolerance(&self) -> Duration;

    /// Returns nanoseconds since the Unix epoch at `now`, in nanoseconds since boot; `None` if the machine does
    /// not know the date.
    fn read(&self, now: u64) -> Option<u64>;
}

/// The date. It has a constant distance from the time since boot unless the machine was paused.
#[derive(Default)]
pub(super) struct WallClock {
    /// Nanoseconds from the Unix epoch to boot, once they are known.
    epoch: Option<i128>,
    /// When the source is read again, in nanoseconds since boot.
    due: u64,
}

impl WallClock {
    /// Returns nanoseconds since the Unix epoch at `now`, in nanoseconds since boot; `None` if they are not
    /// known.
    pub(super) fn at(&mut self, now: u64, source: &impl DateSource) -> Option<u64> {
        if now >= self.due {
            self.read(now, source);
        }
        u64::try_from(self.epoch? + i128::from(now)).ok()
    }

    fn read(&mut self, now: u64, source: &impl DateSource) {
        let Some(date) = source.read(now) else {
            // A clock that fails once is not read again: some fail slowly.
            self.due = u64::MAX;
            return;
        };
        self.due = now.saturating_add(INTERVAL.as_nanos() as u64);
        let epoch = i128::from(date) - i128::from(now);
        let is_right = |known: i128| known.abs_diff(epoch) < source.tolerance().as_nanos();
        if !self.epoch.is_some_and(is_right) {
            self.epoch = Some(epoch);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;

    const SECOND: u64 = 1_000_000_000;

    /// A clock with the resolution of a second.
    struct Rtc {
        /// Nanoseconds from the Unix epoch to boot.
        epoch: Cell<u64>,
        fails: Cell<bool>,
        reads: Cell<u32>,
    }

    impl DateSource for Rtc {
        fn tolerance(&self) -> Duration {
            Duration::from_secs(2)
        }

        fn read(&self, now: u64) -> Option<u64> {
            self.reads.set(self.reads.get() + 1);
            (!self.fails.get()).then_some(self.epoch.get().saturating_add(now) / SECOND * SECOND)
        }
    }

    fn rtc(epoch: u64) -> Rtc {
        Rtc {
            epoch: Cell::new(epoch),
            fails: Cell::new(false),
            reads: Cell::new(0),
        }
    }

    #[test]
    fn the_date_does_not_jump_while_the_machine_runs() {
        let source = rtc(1_000 * SECOND + SECOND / 3);
        let mut clock = WallClock::default();
        let first = clock.at(SECOND / 5, &source).unwrap() - SECOND / 5;
        for step in 0..1_000 {
            let now = SECOND / 5 + step * 77_777_777;
            let date = clock.at(now, &source).unwrap();
            assert_eq!(date, first + now);
            assert!(date.abs_diff(source.epoch.get() + now) <= SECOND);
        }
        assert_eq!(source.reads.get(), 77, "once a second");
    }

    #[test]
    fn a_pause_and_a_step_back_are_made_up_for_within_a_second() {
        let source = rtc(1_000 * SECOND);
        let mut clock = WallClock::default();
        let mut now = 0;
        for epoch in [1_000, 4_600, 1_002, 1_000_000_000, 3] {
            source.epoch.set(epoch * SECOND);
            now += SECOND;
            assert_eq!(clock.at(now, &source), Some(epoch * SECOND + now));
        }
    }

    #[test]
    fn a_clock_that_fails_is_not_read_again() {
        let source = rtc(1_000 * SECOND);
        let mut clock = WallClock::default();
        assert_eq!(clock.at(0, &source), Some(1_000 * SECOND));
        source.fails.set(true);
        for seconds in 1..100 {
            let date = (1_000 + seconds) * SECOND;
            assert_eq!(clock.at(seconds * SECOND, &source), Some(date));
        }
        assert_eq!(source.reads.get(), 2);
        let mut none = WallClock::default();
        assert_eq!(none.at(0, &source), None);
        assert_eq!(none.at(u64::MAX - 1, &source), None);
        assert_eq!(source.reads.get(), 3);
    }

    #[test]
    fn dates_beyond_the_numbers_are_not_known() {
        let source = rtc(u64::MAX / 2);
        let mut clock = WallClock::default();
        assert!(clock.at(0, &source).is_some());
        source.fails.set(true);
        assert_eq!(clock.at(u64::MAX, &source), None);
    }
}
