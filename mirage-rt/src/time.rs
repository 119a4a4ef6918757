//! Time: the clock, sleeping, time limits, and the date.

use crate::{executor::Sleep, platform};
use core::fmt;
pub use core::time::Duration;
use embassy_futures::select::{Either, select};
pub use mirage_devices::time::{Instant, Monotonic};

/// The machine's clocks: a monotonic one that wakes tasks, and the date.
///
/// ```
/// use mirage_rt::time::{Clock, Duration};
///
/// async fn pause(clock: Clock) -> Duration {
///     let before = clock.now();
///     clock.sleep(Duration::from_millis(20)).await;
///     clock.now() - before
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Clock;

impl Clock {
    /// Time since boot. It never goes back.
    pub fn now(self) -> Instant {
        platform::now()
    }

    /// The date, as far as the machine knows it; `None` on a machine without a clock that does.
    pub fn wall(self) -> Option<UnixTime> {
        platform::wall_clock().map(UnixTime)
    }

    /// Completes after `duration`.
    pub fn sleep(self, duration: Duration) -> impl Future<Output = ()> + 'static {
        Sleep::until(platform::now() + duration)
    }

    /// Completes at `deadline`, at once if that has passed.
    pub fn sleep_until(self, deadline: Instant) -> impl Future<Output = ()> + 'static {
        Sleep::until(deadline)
    }
}

impl Monotonic for Clock {
    fn now(&self) -> Instant {
        platform::now()
    }

    fn sleep_until(&self, deadline: Instant) -> impl Future<Output = ()> + 'static {
        Sleep::until(deadline)
    }
}

#[diagnostic::do_not_recommend]
impl crate::device::Share for Clock {}

/// Waits for `future`, but not longer than `limit`.
///
/// # Errors
/// [`TimedOut`] if the limit came first; the future is dropped.
pub async fn timeout<F: Future>(limit: Duration, future: F) -> Result<F::Output, TimedOut> {
    let deadline = core::pin::pin!(Sleep::until(platform::now() + limit));
    match select(future, deadline).await {
        Either::First(output) => Ok(output),
        Either::Second(()) => Err(TimedOut),
    }
}

/// What [`timeout`] waited for did not come in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("timed out")
    }
}

impl core::error::Error for TimedOut {}

/// A date: time since 1970-01-01 00:00:00 UTC, without leap seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixTime(Duration);

impl UnixTime {
    /// The date `since` after the beginning of 1970.
    pub const fn from_duration(since: Duration) -> Self {
        Self(since)
    }

    /// Time since the beginning of 1970.
    pub const fn as_duration(self) -> Duration {
        self.0
    }
}

/// As RFC 3339 with milliseconds: `2026-11-23T08:15:00.250Z`.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (year, month, day) = civil(seconds / 86_400);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        let millisecond = self.0.subsec_millis();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z"
        )
    }
}

/// The Gregorian year, month and day of a number of days since 1970-01-01.
///
/// Counted in eras of 400 years from 0000-03-01, so that the leap day ends a year.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn dates_are_written_as_rfc_3339() {
        for (seconds, millis, text) in [
            (0, 0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, 999, "2000-02-28T23:59:59.999Z"),
            (951_782_400, 0, "2000-02-29T00:00:00.000Z"),
            (951_868_800, 0, "2000-03-01T00:00:00.000Z"),
            (4_107_542_399, 0, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000Z"),
            (1_795_421_700, 250, "2026-11-23T08:15:00.250Z"),
        ] {
            let date = UnixTime(Duration::new(seconds, millis * 1_000_000));
            assert_eq!(date.to_string(), text);
        }
    }
}
