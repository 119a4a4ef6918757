//! The latest of a sequence of values, for any number of tasks.

pub mod error;
mod receiver;
mod sender;
mod shared;

use self::shared::Shared;
pub use self::{
    receiver::{Receiver, Ref},
    sender::Sender,
};
use alloc::rc::Rc;

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
    let shared = Rc::new(Shared::new(value));
    let receiver = Receiver::new(shared.clone());
    (Sender(shared), receiver)
}

#[cfg(test)]
mod tests;
