//! The latest of a sequence of values, for any number of tasks.

pub mod error;
mod receiver;
mod sender;

pub use self::{
    receiver::{Receiver, Ref},
    sender::Sender,
};
use super::WaitQueue;
use alloc::rc::Rc;
use core::cell::{Cell, RefCell};

/// Returns the two ends of a channel that holds the latest value, at first `value`.
///
/// ```
/// use mirage_rt::sync::watch;
///
/// mirage_rt::test::run(async |_| {
///     let (level, mut observer) = watch::channel("low");
///     mirage_rt::spawn(async move { level.send("high") });
///     observer.changed().await.unwrap();
///     assert_eq!(*observer.borrow(), "high");
///     // The sender was dropped.
///     assert!(observer.changed().await.is_err());
/// });
/// ```
pub fn channel<T>(value: T) -> (Sender<T>, Receiver<T>) {
    let shared = Rc::new(Shared {
        value: RefCell::new(value),
        version: Cell::new(0),
        senders: Cell::new(1),
        receivers: Cell::new(0),
        changed: WaitQueue::new(),
        closed: WaitQueue::new(),
    });
    let receiver = Receiver::new(shared.clone());
    (Sender(shared), receiver)
}

struct Shared<T> {
    value: RefCell<T>,
    /// How often the value has changed.
    version: Cell<u64>,
    senders: Cell<usize>,
    receivers: Cell<usize>,
    /// Receivers that wait for another value, or until every sender is dropped.
    changed: WaitQueue,
    /// Senders that wait until every receiver is dropped.
    closed: WaitQueue,
}

#[cfg(test)]
mod tests;
