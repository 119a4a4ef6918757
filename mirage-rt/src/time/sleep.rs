//! Sleeping until a deadline.

use super::Instant;
use crate::{
    executor::{self, Key},
    platform,
};
use core::{
    pin::Pin,
    task::{Context, Poll},
};

/// Completes at its deadline. Made by [`sleep`](crate::time::sleep()) and
/// [`sleep_until`](crate::time::sleep_until).
///
/// ```
/// use mirage_rt::time::{Clock, Duration, sleep};
///
/// mirage_rt::test::run(async |_| {
///     let mut idle = sleep(Duration::from_secs(30));
///     // Something happened: the 30 seconds begin again.
///     idle.reset(Clock.now() + Duration::from_secs(30));
///     (&mut idle).await;
///     assert!(idle.is_elapsed());
/// });
/// ```
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct Sleep {
    deadline: Instant,
    key: Option<Key>,
}

impl Sleep {
    pub(crate) fn until(deadline: Instant) -> Self {
        Self {
            deadline,
            key: None,
        }
    }

    /// Returns the instant at which it completes.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Returns whether the deadline has passed.
    pub fn is_elapsed(&self) -> bool {
        platform::now() >= self.deadline
    }

    /// Makes it complete at `deadline` instead. A task that waits for it is woken then.
    pub fn reset(&mut self, deadline: Instant) {
        self.deadline = deadline;
        let timers = executor::timers();
        self.key = self.key.and_then(|key| timers.reset(key, deadline));
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.is_elapsed() {
            return Poll::Ready(());
        }
        let timers = executor::timers();
        let armed = self
            .key
            .is_some_and(|key| timers.rearm(key, context.waker()));
        if !armed {
            self.key = timers.arm(self.deadline, context.waker());
        }
        if self.key.is_none() {
            // Without memory for a timer the task looks at the clock again and again.
            context.waker().wake_by_ref();
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            executor::timers().cancel(key);
        }
    }
}
