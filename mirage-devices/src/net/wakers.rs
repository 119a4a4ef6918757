//! The tasks that wait for the same thing.

use alloc::vec::Vec;
use core::task::Waker;

/// The wakers of tasks that wait for the same thing.
#[derive(Debug, Default)]
pub(super) struct Wakers {
    /// Usually there is one, which takes no memory of its own.
    first: Option<Waker>,
    others: Vec<Waker>,
}

impl Wakers {
    /// Adds a waker, unless it is there.
    pub(super) fn register(&mut self, waker: &Waker) {
        match &self.first {
            None => self.first = Some(waker.clone()),
            Some(first) if first.will_wake(waker) => {}
            Some(_) if self.others.iter().any(|other| other.will_wake(waker)) => {}
            Some(_) => self.others.push(waker.clone()),
        }
    }

    /// Wakes all of them.
    #[inline]
    pub(super) fn wake(&mut self) {
        if let Some(first) = self.first.take() {
            first.wake();
            self.others.drain(..).for_each(Waker::wake);
        }
    }
}
