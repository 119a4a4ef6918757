//! The lock under which files are used: their code is for one thread.

use crate::unix::program::errno;
use std::sync::{Mutex, PoisonError};

/// One thread at a time uses files.
static LOCK: Mutex<()> = Mutex::new(());

/// A value that a thread uses only in [`locked`]. The functions of `crate::files`, which use such values, are called
/// only there.
pub(crate) struct OneAtATime<T>(pub(crate) T);

// SAFETY: only the thread that holds `LOCK` uses the value, and reference counts in it.
unsafe impl<T> Sync for OneAtATime<T> {}

/// Calls `f` while no other thread uses files. It must not be called in `f`.
pub(crate) fn locked<R>(f: impl FnOnce() -> R) -> R {
    let before = errno::last();
    let _held = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    // Waiting changes the error number, by which the caller of `readdir` tells the end from an error.
    errno::set(before);
    f()
}
