//! A semaphore that serves tasks in order.

use super::wait_queue::{WaitQueue, Waiter};
use core::{
    cell::Cell,
    pin::Pin,
    task::{Context, Poll, ready},
};

/// A number of permits. A released permit goes to the task that has waited longest, so none is free
/// while a task waits.
pub(super) struct Semaphore {
    permits: Cell<usize>,
    is_closed: Cell<bool>,
    waiting: WaitQueue,
}

/// The semaphore was closed.
pub(super) struct Closed;

impl Semaphore {
    pub(super) const fn new(permits: usize) -> Self {
        Self {
            permits: Cell::new(permits),
            is_closed: Cell::new(false),
            waiting: WaitQueue::new(),
        }
    }

    pub(super) fn permits(&self) -> usize {
        self.permits.get()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.get()
    }

    /// Takes a permit, if there is one.
    pub(super) fn try_acquire(&self) -> bool {
        let left = self.permits.get().checked_sub(1);
        left.map(|left| self.permits.set(left)).is_some()
    }

    /// Waits for a permit.
    pub(super) fn acquire(&self) -> Acquire<'_> {
        Acquire {
            semaphore: self,
            waiter: self.waiting.waiter(),
        }
    }

    /// Gives a permit back.
    pub(super) fn release(&self) {
        if !self.waiting.wake_one() {
            self.permits.set(self.permits.get() + 1);
        }
    }

    /// Fails every task that waits, now and later.
    pub(super) fn close(&self) {
        self.is_closed.set(true);
        self.waiting.wake_all();
    }
}

/// Waits for a permit, which the task has when this completes.
pub(super) struct Acquire<'a> {
    semaphore: &'a Semaphore,
    waiter: Waiter<'a>,
}

impl Future for Acquire<'_> {
    type Output = Result<(), Closed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.semaphore.is_closed() {
            return Poll::Ready(Err(Closed));
        }
        if self.waiter.has_joined() || !self.semaphore.try_acquire() {
            ready!(self.waiter.poll(context));
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for Acquire<'_> {
    fn drop(&mut self) {
        // The permit was handed over, but the task was not polled since. `close` hands over none.
        if self.waiter.leave() && !self.semaphore.is_closed() {
            self.semaphore.release();
        }
    }
}
