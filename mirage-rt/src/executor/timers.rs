//! Timers, which wake tasks.

mod wheel;

use self::wheel::Wheel;
use core::task::Waker;
use mirage_devices::time::Instant;
use spin::Mutex;

pub(crate) use self::wheel::Key;

pub(crate) struct Timers {
    armed: Mutex<Wheel<Waker>>,
    /// Wakes the executor, which waits for the deadlines that it knows.
    #[cfg(all(not(mirage_target), feature = "std"))]
    unparker: crate::platform::Unparker,
}

impl Timers {
    pub(super) fn new() -> Self {
        Self {
            armed: Mutex::new(Wheel::new()),
            #[cfg(all(not(mirage_target), feature = "std"))]
            unparker: crate::platform::Unparker::new(),
        }
    }

    /// Returns an instant that is not after the next deadline.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.armed.lock().next_deadline()
    }

    /// Wakes every task whose deadline has passed.
    pub(super) fn fire(&self, now: Instant) {
        // The lock is not held while a task is woken.
        while let Some(waker) = self.pop(now) {
            waker.wake();
        }
    }

    fn pop(&self, now: Instant) -> Option<Waker> {
        self.armed.lock().pop(now)
    }

    /// Arms a timer: `waker` is woken at `deadline`. Returns `None` if memory is exhausted.
    pub(crate) fn arm(&self, deadline: Instant, waker: &Waker) -> Option<Key> {
        let key = self.armed.lock().insert(deadline, waker.clone());
        self.unpark();
        key
    }

    /// Replaces the waker of the timer `key`. Returns `false` if it has fired.
    pub(crate) fn rearm(&self, key: Key, waker: &Waker) -> bool {
        match self.armed.lock().get_mut(key) {
            Some(armed) => {
                armed.clone_from(waker);
                true
            }
            None => false,
        }
    }

    /// Arms the timer `key` for another deadline. Returns `None` if it has fired.
    pub(crate) fn reset(&self, key: Key, deadline: Instant) -> Option<Key> {
        let mut armed = self.armed.lock();
        let waker = armed.remove(key)?;
        let key = armed.insert(deadline, waker);
        drop(armed);
        self.unpark();
        key
    }

    /// Disarms a timer.
    pub(crate) fn cancel(&self, key: Key) {
        let cancelled = self.armed.lock().remove(key);
        drop(cancelled);
    }

    /// Wakes the executor if another thread has armed a timer: one of a program with std.
    #[inline(always)]
    fn unpark(&self) {
        #[cfg(all(not(mirage_target), feature = "std"))]
        self.unparker.unpark();
    }
}
