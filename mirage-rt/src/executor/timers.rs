//! Timers: a map ordered by deadline, O(log n) to set, to fire and to cancel.

use crate::platform;
use alloc::collections::BTreeMap;
use core::{
    pin::Pin,
    task::{Context, Poll, Waker},
};
use mirage_devices::time::Instant;
use spin::Mutex;

/// A deadline, and a number that tells apart timers with the same one.
type Key = (Instant, u64);

pub(crate) struct Timers {
    armed: Mutex<Armed>,
}

struct Armed {
    wakers: BTreeMap<Key, Waker>,
    next_number: u64,
}

impl Timers {
    pub(super) fn new() -> Self {
        Self {
            armed: Mutex::new(Armed {
                wakers: BTreeMap::new(),
                next_number: 0,
            }),
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.armed
            .lock()
            .wakers
            .first_key_value()
            .map(|((deadline, _), _)| *deadline)
    }

    /// Wakes every task whose deadline has come.
    pub(super) fn fire(&self, now: Instant) {
        loop {
            let waker = {
                let mut armed = self.armed.lock();
                match armed.wakers.first_entry() {
                    Some(first) if first.key().0 <= now => first.remove(),
                    _ => return,
                }
            };
            waker.wake();
        }
    }

    fn arm(&self, deadline: Instant, waker: Waker) -> Key {
        let mut armed = self.armed.lock();
        let key = (deadline, armed.next_number);
        armed.next_number += 1;
        armed.wakers.insert(key, waker);
        key
    }

    /// The waker of `key` becomes `waker`; false if the timer has fired.
    fn rearm(&self, key: Key, waker: &Waker) -> bool {
        match self.armed.lock().wakers.get_mut(&key) {
            Some(armed) => {
                armed.clone_from(waker);
                true
            }
            None => false,
        }
    }

    fn cancel(&self, key: Key) {
        let cancelled = self.armed.lock().wakers.remove(&key);
        drop(cancelled);
    }
}

/// Completes at its deadline. Made by [`sleep`](crate::time::sleep) and
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

    /// Makes it complete at `deadline` instead.
    pub fn reset(&mut self, deadline: Instant) {
        self.disarm();
        self.deadline = deadline;
    }

    fn disarm(&mut self) {
        if let Some(key) = self.key.take() {
            platform::executor().timers().cancel(key);
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.is_elapsed() {
            return Poll::Ready(());
        }
        let timers = platform::executor().timers();
        let armed = self
            .key
            .is_some_and(|key| timers.rearm(key, context.waker()));
        if !armed {
            self.key = Some(timers.arm(self.deadline, context.waker().clone()));
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.disarm();
    }
}
