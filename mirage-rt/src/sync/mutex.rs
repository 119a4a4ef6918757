//! Exclusive access to a value across an `await`.

use super::semaphore::Semaphore;
use core::{
    cell::{RefCell, RefMut},
    fmt,
    ops::{Deref, DerefMut},
};

/// A lock that a task may hold across an `await`. Tasks get it in the order in which they asked for it.
///
/// For state that no task holds across an `await`, use a [`RefCell`].
///
/// ```
/// use mirage_rt::{sync::Mutex, time::{Duration, sleep}};
/// use std::rc::Rc;
///
/// mirage_rt::test::run(async |_| {
///     let console = Rc::new(Mutex::new(String::new()));
///     let other = console.clone();
///     let writer = mirage_rt::spawn(async move {
///         let mut lines = other.lock().await;
///         lines.push_str("one, ");
///         sleep(Duration::from_secs(1)).await;
///         lines.push_str("two");
///     });
///     mirage_rt::yield_now().await;
///     // Waits until the other task has written both.
///     assert_eq!(*console.lock().await, "one, two");
///     writer.await.unwrap();
/// });
/// ```
pub struct Mutex<T: ?Sized> {
    semaphore: Semaphore,
    value: RefCell<T>,
}

impl<T> Mutex<T> {
    /// Returns an unlocked mutex.
    pub const fn new(value: T) -> Self {
        Self {
            semaphore: Semaphore::new(1),
            value: RefCell::new(value),
        }
    }

    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits for the lock. It is released when the guard is dropped.
    pub async fn lock(&self) -> MutexGuard<'_, T> {
        // The semaphore is never closed.
        let _ = self.semaphore.acquire().await;
        self.guard()
    }

    /// Takes the lock, if it is free.
    ///
    /// # Errors
    /// Returns [`TryLockError`] if the lock is held.
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>, TryLockError> {
        if self.semaphore.try_acquire() {
            Ok(self.guard())
        } else {
            Err(TryLockError(()))
        }
    }

    /// Returns the value without locking: the mutable borrow excludes other tasks.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    fn guard(&self) -> MutexGuard<'_, T> {
        MutexGuard {
            value: self.value.borrow_mut(),
            _permit: Permit(&self.semaphore),
        }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: ?Sized> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutex")
            .field("is_locked", &(self.semaphore.permits() == 0))
            .finish_non_exhaustive()
    }
}

/// Access to the value of a locked [`Mutex`]. Dropping it releases the lock.
pub struct MutexGuard<'a, T: ?Sized> {
    // In this order: the value is free before the next task gets the permit.
    value: RefMut<'a, T>,
    _permit: Permit<'a>,
}

struct Permit<'a>(&'a Semaphore);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A lock is held by another task. Returned by [`Mutex::try_lock`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TryLockError(pub(super) ());

impl fmt::Display for TryLockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the lock is held")
    }
}

impl core::error::Error for TryLockError {}
