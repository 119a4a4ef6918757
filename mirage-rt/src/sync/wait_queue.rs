//! A queue of waiting tasks.

use alloc::collections::BTreeMap;
use core::{
    cell::{Cell, RefCell},
    future::poll_fn,
    task::{Context, Poll, Waker, ready},
};

/// The wakers of tasks that wait, in the order in which they came. O(log n) to join, to leave and to
/// wake one.
#[derive(Default)]
pub(crate) struct WaitQueue {
    waiting: RefCell<BTreeMap<u64, Waker>>,
    next_key: Cell<u64>,
}

impl WaitQueue {
    pub(crate) const fn new() -> Self {
        Self {
            waiting: RefCell::new(BTreeMap::new()),
            next_key: Cell::new(0),
        }
    }

    /// Removes the task that has waited longest and wakes it; false if no task waits.
    pub(super) fn wake_one(&self) -> bool {
        let first = self.waiting.borrow_mut().pop_first();
        first.map(|(_, waker)| waker.wake()).is_some()
    }

    /// Removes every task and wakes it.
    pub(crate) fn wake_all(&self) {
        for waker in self.waiting.take().into_values() {
            waker.wake();
        }
    }

    /// Returns a waiter, which joins the queue when it is first polled.
    pub(super) fn waiter(&self) -> Waiter<'_> {
        Waiter {
            queue: self,
            key: None,
        }
    }

    /// Waits until `condition` returns a value. It is called at once, and each time the queue is woken.
    pub(crate) async fn wait_until<R>(&self, mut condition: impl FnMut() -> Option<R>) -> R {
        let mut waiter = self.waiter();
        poll_fn(move |context| {
            loop {
                if let Some(result) = condition() {
                    return Poll::Ready(result);
                }
                ready!(waiter.poll(context));
            }
        })
        .await
    }
}

/// A task that may wait in a [`WaitQueue`]. Dropping it leaves the queue.
pub(super) struct Waiter<'a> {
    queue: &'a WaitQueue,
    key: Option<u64>,
}

impl Waiter<'_> {
    /// Returns whether the waiter has joined the queue and has not been polled since it was woken.
    pub(super) fn has_joined(&self) -> bool {
        self.key.is_some()
    }

    /// Joins the queue, or completes if the task was woken since it joined.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut waiting = self.queue.waiting.borrow_mut();
        let Some(key) = self.key else {
            let key = self.queue.next_key.get();
            self.queue.next_key.set(key + 1);
            self.key = Some(key);
            waiting.insert(key, context.waker().clone());
            return Poll::Pending;
        };
        if let Some(waker) = waiting.get_mut(&key) {
            waker.clone_from(context.waker());
            return Poll::Pending;
        }
        self.key = None;
        Poll::Ready(())
    }

    /// Leaves the queue. Returns whether the task was woken and has not been polled since.
    pub(super) fn leave(&mut self) -> bool {
        let left = self.key.take().map(|key| {
            // A variable of its own: the waker is dropped when the queue is no longer borrowed.
            let waker = self.queue.waiting.borrow_mut().remove(&key);
            waker.is_none()
        });
        left == Some(true)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}
