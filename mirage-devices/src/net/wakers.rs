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
            Some(_) => self.add(waker),
        }
    }

    #[cold]
    #[inline(never)]
    fn add(&mut self, waker: &Waker) {
        match self.others.try_reserve(1) {
            Ok(()) => self.others.push(waker.clone()),
            // Without memory it asks again.
            Err(_) => waker.wake_by_ref(),
        }
    }

    /// The number of wakers.
    pub(super) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.others.len()
    }

    /// Wakes all of them.
    #[inline]
    pub(super) fn wake(&mut self) {
        if self.first.is_some() {
            self.wake_some();
        }
    }

    #[inline(never)]
    fn wake_some(&mut self) {
        self.first.take().into_iter().for_each(Waker::wake);
        self.others.drain(..).for_each(Waker::wake);
    }
}
