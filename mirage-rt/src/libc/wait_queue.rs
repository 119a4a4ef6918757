//! The threads and `epoll` instances that wait for a description.

use crate::freestanding::one_core::OneCore;
use alloc::{
    rc::{Rc, Weak},
    sync::Arc,
    task::Wake,
    vec::Vec,
};
use core::{cell::RefCell, mem, task::Waker};

/// What is notified of each event, and stays in the queue.
pub(super) trait Notify {
    /// Notes that there was an event.
    fn notify(self: Rc<Self>);
}

/// Who waits for a description. Waking it only marks registrations and schedules tasks, so that it can be woken
/// while the network stack is borrowed.
pub(super) struct WaitQueue(Arc<OneCore<Waiters>>);

#[derive(Default)]
struct Waiters {
    /// Threads, which are woken once.
    threads: RefCell<Vec<Waker>>,
    /// Registrations with `epoll`, which stay.
    registrations: RefCell<Vec<Weak<dyn Notify>>>,
}

impl WaitQueue {
    pub(super) fn new() -> Self {
        Self(Arc::new(OneCore(Waiters::default())))
    }

    /// Wakes all of them.
    pub(super) fn wake(&self) {
        self.0.0.wake();
    }

    /// Returns a waker that wakes all of them.
    pub(super) fn waker(&self) -> Waker {
        Waker::from(self.0.clone())
    }

    /// Adds the waker of a thread, unless it is there.
    pub(super) fn add_thread(&self, waker: &Waker) {
        let mut threads = self.0.0.threads.borrow_mut();
        if !threads.iter().any(|other| other.will_wake(waker)) {
            threads.push(waker.clone());
        }
    }

    /// Adds a registration.
    pub(super) fn add_registration(&self, registration: &Rc<dyn Notify>) {
        let mut registrations = self.0.0.registrations.borrow_mut();
        registrations.retain(|other| other.strong_count() > 0);
        registrations.push(Rc::downgrade(registration));
    }
}

impl Waiters {
    fn wake(&self) {
        if !self.threads.borrow().is_empty() {
            let threads = mem::take(&mut *self.threads.borrow_mut());
            threads.into_iter().for_each(Waker::wake);
        }
        for registration in self.registrations.borrow().iter() {
            if let Some(registration) = registration.upgrade() {
                registration.notify();
            }
        }
    }
}

impl Wake for OneCore<Waiters> {
    fn wake(self: Arc<Self>) {
        self.0.wake();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.wake();
    }
}
