//! Timers: a map ordered by deadline. Arming, disarming and firing are O(log n).

use alloc::collections::BTreeMap;
use core::task::Waker;
use mirage_devices::time::Instant;
use spin::Mutex;

/// A deadline, and a number that distinguishes timers with the same deadline.
pub(crate) type Key = (Instant, u64);

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

    /// Wakes every task whose deadline has passed.
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

    /// Arms a timer: `waker` is woken at `deadline`.
    pub(crate) fn arm(&self, deadline: Instant, waker: Waker) -> Key {
        let mut armed = self.armed.lock();
        let key = (deadline, armed.next_number);
        armed.next_number += 1;
        armed.wakers.insert(key, waker);
        key
    }

    /// Replaces the waker of the timer `key`. Returns `false` if it has fired.
    pub(crate) fn rearm(&self, key: Key, waker: &Waker) -> bool {
        match self.armed.lock().wakers.get_mut(&key) {
            Some(armed) => {
                armed.clone_from(waker);
                true
            }
            None => false,
        }
    }

    /// Disarms a timer.
    pub(crate) fn cancel(&self, key: Key) {
        let cancelled = self.armed.lock().wakers.remove(&key);
        drop(cancelled);
    }
}
