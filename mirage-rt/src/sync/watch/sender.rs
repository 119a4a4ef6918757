//! The sending end.

use super::{
    error::SendError,
    receiver::{Receiver, Ref},
    shared::Shared,
};
use alloc::rc::Rc;
use core::{fmt, mem};

/// Sets the value. Clones set the same one.
pub struct Sender<T>(pub(super) Rc<Shared<T>>);

impl<T> Sender<T> {
    /// Sets the value, and wakes the receivers.
    ///
    /// # Errors
    /// Returns the value in [`SendError`] if every receiver was dropped. The channel's value does not
    /// change.
    ///
    /// # Panics
    /// Panics if the value is borrowed, as do the other methods that set it. Do not hold a [`Ref`] across
    /// an `await`.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        if self.is_closed() {
            return Err(SendError(value));
        }
        self.send_replace(value);
        Ok(())
    }

    /// Sets the value even if there is no receiver, and returns the previous one.
    #[track_caller]
    pub fn send_replace(&self, value: T) -> T {
        let mut value = value;
        self.send_modify(|current| mem::swap(current, &mut value));
        value
    }

    /// Changes the value in place, and wakes the receivers.
    #[track_caller]
    pub fn send_modify(&self, modify: impl FnOnce(&mut T)) {
        self.send_if_modified(|value| {
            modify(value);
            true
        });
    }

    /// Changes the value in place, and wakes the receivers if `modify` returns true. Returns what
    /// `modify` returned.
    #[track_caller]
    pub fn send_if_modified(&self, modify: impl FnOnce(&mut T) -> bool) -> bool {
        let is_modified = modify(&mut self.0.value.borrow_mut());
        if is_modified {
            self.0.version.set(self.0.version.get() + 1);
            self.0.changed.wake_all();
        }
        is_modified
    }

    /// Borrows the value.
    pub fn borrow(&self) -> Ref<'_, T> {
        Ref(self.0.value.borrow())
    }

    /// Returns another receiver, which has seen the current value.
    pub fn subscribe(&self) -> Receiver<T> {
        Receiver::new(self.0.clone())
    }

    /// Completes when every receiver was dropped.
    pub async fn closed(&self) {
        let is_closed = || self.is_closed().then_some(());
        self.0.closed.wait_until(is_closed).await;
    }

    /// Returns whether every receiver was dropped.
    pub fn is_closed(&self) -> bool {
        self.receiver_count() == 0
    }

    /// Returns the number of receivers.
    pub fn receiver_count(&self) -> usize {
        self.0.receivers.get()
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
            self.0.changed.wake_all();
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.0.value).finish()
    }
}
