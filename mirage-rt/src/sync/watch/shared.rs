//! The state that both ends share.

use crate::sync::WaitQueue;
use core::cell::{Cell, RefCell};

pub(super) struct Shared<T> {
    pub(super) value: RefCell<T>,
    /// How often the value has changed.
    pub(super) version: Cell<u64>,
    pub(super) senders: Cell<usize>,
    pub(super) receivers: Cell<usize>,
    /// Receivers that wait for another value, or until every sender is dropped.
    pub(super) changed: WaitQueue,
    /// Senders that wait until every receiver is dropped.
    pub(super) closed: WaitQueue,
}

impl<T> Shared<T> {
    /// Returns the state of a channel with one sender and no receiver.
    pub(super) fn new(value: T) -> Self {
        Self {
            value: RefCell::new(value),
            version: Cell::new(0),
            senders: Cell::new(1),
            receivers: Cell::new(0),
            changed: WaitQueue::new(),
            closed: WaitQueue::new(),
        }
    }
}
