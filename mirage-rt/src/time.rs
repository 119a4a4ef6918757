//! Time: the clock, timers, intervals, and the date.
//!
//! [`sleep`], [`timeout`] and [`interval`] have the names and meanings of those of tokio. [`Clock`] is
//! the device that custom devices are built on if they need a clock.

mod date;
#[cfg(feature = "embassy-time")]
mod embassy;
mod interval;
mod sleep;

pub use self::{
    date::UnixTime,
    interval::{Interval, MissedTickBehavior, interval, interval_at},
    sleep::Sleep,
};
use crate::{net, platform};
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
    /// Returns the time since boot, which never goes backwards.
    pub fn now(self) -> Instant {
        platform::now()
    }

    /// Returns the date, or `None` if the machine has no real-time clock. Unlike the time since boot, it makes up
    /// for the time in which the machine was paused, within a second, and follows the host's clock if that is set.
    pub fn wall(self) -> Option<UnixTime> {
        platform::wall_clock().map(UnixTime::from_duration)
    }

    /// Completes after `duration`.
    pub fn sleep(self, duration: Duration) -> impl Future<Output = ()> + 'static {
        Sleep::until(platform::now() + duration)
    }

    /// Completes at `deadline`, or at once if that has passed.
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

/// Completes after `duration`.
///
/// ```
/// use mirage_rt::time::{Duration, sleep};
///
/// mirage_rt::test::run(async |_| sleep(Duration::from_secs(3600)).await);
/// ```
pub fn sleep(duration: Duration) -> Sleep {
    Sleep::until(platform::now() + duration)
}

/// Completes at `deadline`, or at once if that has passed.
///
/// ```
/// use mirage_rt::time::{Clock, Duration, sleep_until};
///
/// mirage_rt::test::run(async |_| {
///     let deadline = Clock.now() + Duration::from_secs(5);
///     sleep_until(deadline).await;
///     assert!(Clock.now() >= deadline);
/// });
/// ```
pub fn sleep_until(deadline: Instant) -> Sleep {
    Sleep::until(deadline)
}

/// Waits for `future` for up to `limit`.
///
/// ```
/// use core::future::pending;
/// use mirage_rt::time::{Duration, TimedOut, timeout};
///
/// mirage_rt::test::run(async |_| {
///     let never = timeout(Duration::from_secs(10), pending::<()>());
///     assert_eq!(never.await, Err(TimedOut));
/// });
/// ```
///
/// # Errors
/// Returns [`TimedOut`] if `future` does not complete within `limit`. The future is then dropped.
pub async fn timeout<F: Future>(limit: Duration, future: F) -> Result<F::Output, TimedOut> {
    let deadline = core::pin::pin!(Sleep::until(platform::now() + limit));
    match select(future, deadline).await {
        Either::First(output) => Ok(output),
        Either::Second(()) => Err(TimedOut),
    }
}

/// A time limit has passed. Returned by [`timeout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("timed out")
    }
}

impl core::error::Error for TimedOut {}

impl embedded_io_async::Error for TimedOut {
    fn kind(&self) -> embedded_io_async::ErrorKind {
        embedded_io_async::ErrorKind::TimedOut
    }
}

impl From<TimedOut> for net::Error {
    fn from(_: TimedOut) -> Self {
        Self::TimedOut
    }
}
