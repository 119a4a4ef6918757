//! Channels that hold a limited number of values.

use super::error::{SendError, TryRecvError, TrySendError};
use crate::sync::{WaitQueue, semaphore::Semaphore};
use alloc::{collections::VecDeque, rc::Rc};
use core::{
    cell::{Cell, RefCell},
    fmt,
    future::poll_fn,
    task::{Context, Poll, Waker},
};

/// Returns the two ends of a channel that holds up to `capacity` values.
///
/// ```
/// use mirage_rt::sync::mpsc;
///
/// mirage_rt::test::run(async |_| {
///     let (sender, mut receiver) = mpsc::channel(8);
///     for number in 0..3 {
///         let sender = sender.clone();
///         mirage_rt::spawn(async move { sender.send(number).await });
///     }
///     // The channel ends when every sender was dropped.
///     drop(sender);
///     let mut sum = 0;
///     while let Some(number) = receiver.recv().await {
///         sum += number;
///     }
///     assert_eq!(sum, 3);
/// });
/// ```
///
/// # Panics
/// Panics if `capacity` is 0.
#[track_caller]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    assert!(capacity > 0, "the capacity of a channel is 0");
    let shared = Rc::new(Shared {
        values: RefCell::new(VecDeque::new()),
        capacity,
        room: Semaphore::new(capacity),
        senders: Cell::new(1),
        closed: WaitQueue::new(),
        receiver: Cell::new(None),
    });
    (Sender(shared.clone()), Receiver(shared))
}

struct Shared<T> {
    values: RefCell<VecDeque<T>>,
    capacity: usize,
    /// A permit for each value that can still be sent. Closed by the receiver.
    room: Semaphore,
    senders: Cell<usize>,
    /// Senders that wait until the channel is closed.
    closed: WaitQueue,
    /// The receiver's task, if it waits.
    receiver: Cell<Option<Waker>>,
}

impl<T> Shared<T> {
    /// Adds a value, for which there is a permit.
    fn push(&self, value: T) {
        self.values.borrow_mut().push_back(value);
        self.wake_receiver();
    }

    fn wake_receiver(&self) {
        if let Some(waker) = self.receiver.take() {
            waker.wake();
        }
    }
}

/// Sends values. Clones send to the same receiver.
pub struct Sender<T>(Rc<Shared<T>>);

impl<T> Sender<T> {
    /// Sends a value, once there is room for it. Senders that wait get room in order.
    ///
    /// If the future is dropped, the value is lost.
    ///
    /// # Errors
    /// Returns the value in [`SendError`] if the receiver is closed or was dropped.
    pub async fn send(&self, value: T) -> Result<(), SendError<T>> {
        match self.0.room.acquire().await {
            Ok(()) => {
                self.0.push(value);
                Ok(())
            }
            Err(_) => Err(SendError(value)),
        }
    }

    /// Sends a value, if there is room for it.
    ///
    /// # Errors
    /// Returns the value in [`TrySendError::Full`] if there is no room, and in
    /// [`TrySendError::Closed`] if the receiver is closed or was dropped.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        if self.is_closed() {
            return Err(TrySendError::Closed(value));
        }
        if !self.0.room.try_acquire() {
            return Err(TrySendError::Full(value));
        }
        self.0.push(value);
        Ok(())
    }

    /// Completes when the receiver is closed or dropped.
    pub async fn closed(&self) {
        let is_closed = || self.is_closed().then_some(());
        self.0.closed.wait_until(is_closed).await;
    }

    /// Returns whether the receiver is closed or was dropped.
    pub fn is_closed(&self) -> bool {
        self.0.room.is_closed()
    }

    /// Returns how many values can be sent before the channel is full.
    pub fn capacity(&self) -> usize {
        self.0.room.permits()
    }

    /// Returns how many values the channel holds.
    pub fn max_capacity(&self) -> usize {
        self.0.capacity
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.senders.set(self.0.senders.get() + 1);
        Self(self.0.clone())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.senders.set(self.0.senders.get() - 1);
        if self.0.senders.get() == 0 {
            self.0.wake_receiver();
        }
    }
}

/// Receives values, in the order in which they were sent.
pub struct Receiver<T>(Rc<Shared<T>>);

impl<T> Receiver<T> {
    /// Waits for a value. Returns `None` if the channel is empty and every sender was dropped or this end
    /// is closed.
    ///
    /// If the future is dropped, no value is lost.
    pub async fn recv(&mut self) -> Option<T> {
        poll_fn(|context| self.poll_recv(context)).await
    }

    /// Polls for a value, as [`recv`](Self::recv).
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        match self.try_recv() {
            Ok(value) => Poll::Ready(Some(value)),
            Err(TryRecvError::Disconnected) => Poll::Ready(None),
            Err(TryRecvError::Empty) => {
                self.0.receiver.set(Some(context.waker().clone()));
                Poll::Pending
            }
        }
    }

    /// Receives a value without waiting.
    ///
    /// # Errors
    /// Returns [`TryRecvError::Empty`] if the channel is empty, and [`TryRecvError::Disconnected`] if it
    /// will stay empty.
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        let value = self.0.values.borrow_mut().pop_front();
        match value {
            Some(value) => {
                self.0.room.release();
                Ok(value)
            }
            None if self.is_closed() => Err(TryRecvError::Disconnected),
            None => Err(TryRecvError::Empty),
        }
    }

    /// Closes the channel. Values that were sent before can still be received.
    pub fn close(&mut self) {
        self.0.room.close();
        self.0.closed.wake_all();
    }

    /// Returns whether this end is closed or every sender was dropped.
    pub fn is_closed(&self) -> bool {
        self.0.room.is_closed() || self.0.senders.get() == 0
    }

    /// Returns the number of values in the channel.
    pub fn len(&self) -> usize {
        self.0.values.borrow().len()
    }

    /// Returns whether the channel is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.close();
        // A variable of its own: the values are dropped when the queue is no longer borrowed.
        let values = self.0.values.take();
        drop(values);
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
