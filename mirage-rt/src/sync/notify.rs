//! Waking a task, without a value.

use super::wait_queue::{WaitQueue, Waiter};
use core::{
    cell::Cell,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

/// Wakes tasks that wait for something to happen.
///
/// ```
/// use mirage_rt::sync::Notify;
/// use std::rc::Rc;
///
/// mirage_rt::test::run(async |_| {
///     let arrived = Rc::new(Notify::new());
///     let waiting = arrived.clone();
///     let task = mirage_rt::spawn(async move { waiting.notified().await });
///     arrived.notify_one();
///     task.await.unwrap();
/// });
/// ```
#[derive(Default)]
pub struct Notify {
    /// A notification that came while no task waited.
    permit: Cell<bool>,
    /// How often all were notified.
    generation: Cell<u64>,
    waiting: WaitQueue,
}

impl Notify {
    /// Returns a `Notify` without a notification.
    pub const fn new() -> Self {
        Self {
            permit: Cell::new(false),
            generation: Cell::new(0),
            waiting: WaitQueue::new(),
        }
    }

    /// Wakes the task that has waited longest. If no task waits, the next [`notified`](Self::notified)
    /// completes at once; several calls before it count as one.
    pub fn notify_one(&self) {
        if !self.waiting.wake_one() {
            self.permit.set(true);
        }
    }

    /// Completes every future that [`notified`](Self::notified) has returned so far.
    pub fn notify_waiters(&self) {
        self.generation.set(self.generation.get() + 1);
        self.waiting.wake_all();
    }

    /// Waits for a notification.
    pub fn notified(&self) -> Notified<'_> {
        Notified {
            notify: self,
            generation: self.generation.get(),
            waiter: self.waiting.waiter(),
        }
    }
}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notify").finish_non_exhaustive()
    }
}

/// Waits for a notification. Returned by [`Notify::notified`].
///
/// If it is dropped after [`notify_one`](Notify::notify_one) has woken it, another task is woken.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Notified<'a> {
    notify: &'a Notify,
    generation: u64,
    waiter: Waiter<'a>,
}

impl Notified<'_> {
    /// Whether all were notified since this was made.
    fn is_of_all(&self) -> bool {
        self.generation != self.notify.generation.get()
    }
}

impl Future for Notified<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if !self.is_of_all() && (self.waiter.has_joined() || !self.notify.permit.take()) {
            ready!(self.waiter.poll(context));
        }
        Poll::Ready(())
    }
}

impl Drop for Notified<'_> {
    fn drop(&mut self) {
        if self.waiter.leave() && !self.is_of_all() {
            self.notify.notify_one();
        }
    }
}

impl fmt::Debug for Notified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notified").finish_non_exhaustive()
    }
}
