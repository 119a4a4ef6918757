//! Channels that hold any number of values.

use super::{
    bounded::{Receiver, Sender, channel},
    error::{SendError, TryRecvError, TrySendError},
};
use core::task::{Context, Poll};

/// Returns the two ends of a channel that holds any number of values.
///
/// A sender that is faster than the receiver fills the heap. Prefer [`channel`] for values whose number
/// others control.
///
/// ```
/// use mirage_rt::sync::mpsc;
///
/// mirage_rt::test::run(async |_| {
///     let (sender, mut receiver) = mpsc::unbounded_channel();
///     sender.send("hello").unwrap();
///     assert_eq!(receiver.recv().await, Some("hello"));
/// });
/// ```
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, UnboundedReceiver<T>) {
    let (sender, receiver) = channel(usize::MAX);
    (UnboundedSender(sender), UnboundedReceiver(receiver))
}

/// Sends values. Clones send to the same receiver.
#[derive(Debug)]
pub struct UnboundedSender<T>(Sender<T>);

impl<T> UnboundedSender<T> {
    /// Sends a value, without waiting.
    ///
    /// # Errors
    /// Returns the value in [`SendError`] if the receiver is closed or was dropped.
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.0.try_send(value).map_err(|error| match error {
            TrySendError::Full(value) | TrySendError::Closed(value) => SendError(value),
        })
    }

    /// Completes when the receiver is closed or dropped.
    pub async fn closed(&self) {
        self.0.closed().await;
    }

    /// Returns whether the receiver is closed or was dropped.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

impl<T> Clone for UnboundedSender<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Receives values, in the order in which they were sent.
#[derive(Debug)]
pub struct UnboundedReceiver<T>(Receiver<T>);

impl<T> UnboundedReceiver<T> {
    /// Waits for a value. Returns `None` if the channel is empty and every sender was dropped or this end
    /// is closed.
    ///
    /// If the future is dropped, no value is lost.
    pub async fn recv(&mut self) -> Option<T> {
        self.0.recv().await
    }

    /// Polls for a value, as [`recv`](Self::recv).
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.poll_recv(context)
    }

    /// Receives a value without waiting.
    ///
    /// # Errors
    /// Returns [`TryRecvError::Empty`] if the channel is empty, and [`TryRecvError::Disconnected`] if it
    /// will stay empty.
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.0.try_recv()
    }

    /// Closes the channel. Values that were sent before can still be received.
    pub fn close(&mut self) {
        self.0.close();
    }

    /// Returns whether this end is closed or every sender was dropped.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Returns the number of values in the channel.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether the channel is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
