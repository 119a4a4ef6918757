//! The receiving end.

use super::{error::RecvError, shared::Shared};
use alloc::rc::Rc;
use core::{cell, fmt, ops::Deref};

/// Receives the latest value. Each clone sees every change.
pub struct Receiver<T> {
    shared: Rc<Shared<T>>,
    /// The version of the value that was seen last.
    seen: u64,
}

impl<T> Receiver<T> {
    pub(super) fn new(shared: Rc<Shared<T>>) -> Self {
        shared.receivers.set(shared.receivers.get() + 1);
        let seen = shared.version.get();
        Self { shared, seen }
    }

    /// Waits for a value that this receiver has not seen, and marks it as seen.
    ///
    /// Dropping the future loses no change.
    ///
    /// # Errors
    /// Returns [`RecvError`] if every sender was dropped and the last value was seen.
    pub async fn changed(&mut self) -> Result<(), RecvError> {
        let (shared, seen) = (&self.shared, self.seen);
        let result = shared.changed.wait_until(|| {
            if shared.version.get() != seen {
                return Some(Ok(()));
            }
            (shared.senders.get() == 0).then_some(Err(RecvError(())))
        });
        result.await?;
        self.seen = self.shared.version.get();
        Ok(())
    }

    /// Waits until `condition` holds for the value, which may be the current one, and borrows it.
    ///
    /// # Errors
    /// Returns [`RecvError`] if every sender was dropped and `condition` does not hold.
    pub async fn wait_for(
        &mut self,
        mut condition: impl FnMut(&T) -> bool,
    ) -> Result<Ref<'_, T>, RecvError> {
        while !condition(&self.borrow_and_update()) {
            self.changed().await?;
        }
        Ok(self.borrow())
    }

    /// Returns whether there is a value that this receiver has not seen.
    ///
    /// # Errors
    /// Returns [`RecvError`] if every sender was dropped.
    pub fn has_changed(&self) -> Result<bool, RecvError> {
        if self.shared.senders.get() == 0 {
            return Err(RecvError(()));
        }
        Ok(self.seen != self.shared.version.get())
    }

    /// Borrows the value without marking it as seen.
    ///
    /// Setting the value while it is borrowed panics: do not keep the [`Ref`] across an `await`.
    pub fn borrow(&self) -> Ref<'_, T> {
        Ref(self.shared.value.borrow())
    }

    /// Borrows the value and marks it as seen.
    pub fn borrow_and_update(&mut self) -> Ref<'_, T> {
        self.seen = self.shared.version.get();
        self.borrow()
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        let mut clone = Self::new(self.shared.clone());
        clone.seen = self.seen;
        clone
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.shared.receivers.set(self.shared.receivers.get() - 1);
        if self.shared.receivers.get() == 0 {
            self.shared.closed.wake_all();
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.shared.value).finish()
    }
}

/// The value of a channel, borrowed.
#[derive(Debug)]
pub struct Ref<'a, T>(pub(super) cell::Ref<'a, T>);

impl<T> Deref for Ref<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
