//! A limited number of connections.

use alloc::{rc::Rc, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    task::{Context, Poll, Waker},
};

/// The connections that a port may still open: its limit less those that exist.
#[derive(Debug)]
pub(super) struct Slots(Rc<Free>);

#[derive(Debug)]
struct Free {
    count: Cell<u16>,
    waiting: RefCell<Vec<Waker>>,
}

/// A connection that a port may have. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Slot(Rc<Free>);

impl Slots {
    /// So many.
    pub(super) fn new(count: u16) -> Self {
        Self(Rc::new(Free {
            count: Cell::new(count),
            waiting: RefCell::default(),
        }))
    }

    /// Takes a slot if one is free; otherwise the task is woken when there is.
    pub(super) fn poll_take(&self, context: &mut Context<'_>) -> Poll<Slot> {
        match self.0.count.get().checked_sub(1) {
            Some(count) => {
                self.0.count.set(count);
                Poll::Ready(Slot(self.0.clone()))
            }
            None => {
                self.0.waiting.borrow_mut().push(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.count.set(self.0.count.get() + 1);
        for waker in self.0.waiting.take() {
            waker.wake();
        }
    }
}
