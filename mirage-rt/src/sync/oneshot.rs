//! One value from one task to another.

pub mod error;

use self::error::{RecvError, TryRecvError};
use alloc::rc::Rc;
use core::{
    cell::Cell,
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, Waker},
};

/// Returns the two ends of a channel for one value.
///
/// ```
/// use mirage_rt::sync::oneshot;
///
/// mirage_rt::test::run(async |_| {
///     let (answer, question) = oneshot::channel();
///     mirage_rt::spawn(async move { answer.send(42) });
///     assert_eq!(question.await, Ok(42));
/// });
/// ```
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Rc::new(Shared {
        value: Cell::new(None),
        sender: End::new(),
        receiver: End::new(),
    });
    (Sender(shared.clone()), Receiver(shared))
}

struct Shared<T> {
    value: Cell<Option<T>>,
    sender: End,
    receiver: End,
}

/// The state of one end: whether it is closed, and the task that waits at it.
struct End {
    is_closed: Cell<bool>,
    waker: Cell<Option<Waker>>,
}

impl End {
    fn new() -> Self {
        Self {
            is_closed: Cell::new(false),
            waker: Cell::new(None),
        }
    }

    /// Closes this end, and wakes the task of `other`.
    fn close(&self, other: &Self) {
        self.is_closed.set(true);
        if let Some(waker) = other.waker.take() {
            waker.wake();
        }
    }
}

/// Sends the value.
pub struct Sender<T>(Rc<Shared<T>>);

impl<T> Sender<T> {
    /// Sends the value, without waiting.
    ///
    /// # Errors
    /// Returns the value if the receiver is closed or was dropped.
    pub fn send(self, value: T) -> Result<(), T> {
        if self.is_closed() {
            return Err(value);
        }
        self.0.value.set(Some(value));
        Ok(())
    }

    /// Returns whether the receiver is closed or was dropped.
    pub fn is_closed(&self) -> bool {
        self.0.receiver.is_closed.get()
    }

    /// Completes when the receiver is closed or dropped.
    pub async fn closed(&mut self) {
        poll_fn(|context| {
            if self.is_closed() {
                return Poll::Ready(());
            }
            self.0.sender.waker.set(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.sender.close(&self.0.receiver);
    }
}

/// Receives the value. Await it.
///
/// It completes with [`RecvError`] if the sender was dropped without having sent.
pub struct Receiver<T>(Rc<Shared<T>>);

impl<T> Receiver<T> {
    /// Returns the value, if it was sent.
    ///
    /// # Errors
    /// Returns [`TryRecvError::Empty`] if the value may still come, and [`TryRecvError::Closed`] if
    /// it cannot, or was received already.
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        let value = self.0.value.take();
        // A closed end neither sends nor receives.
        let is_over = self.0.sender.is_closed.get() || self.0.receiver.is_closed.get();
        value.ok_or(if is_over {
            TryRecvError::Closed
        } else {
            TryRecvError::Empty
        })
    }

    /// Closes the channel. A value that was sent before can still be received.
    pub fn close(&mut self) {
        self.0.receiver.close(&self.0.sender);
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.try_recv() {
            Ok(value) => Poll::Ready(Ok(value)),
            Err(TryRecvError::Closed) => Poll::Ready(Err(RecvError(()))),
            Err(TryRecvError::Empty) => {
                self.0.receiver.waker.set(Some(context.waker().clone()));
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.close();
        self.0.value.take();
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
