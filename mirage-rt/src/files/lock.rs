//! The locks of whole files, which open files hold.

use super::target::{Errno, OneAtATime};
use alloc::vec::Vec;
use core::{cell::RefCell, ffi::c_int, task::Waker};
use mirage_devices::fs::OpenFile;

/// The locks, and the threads that wait for one.
struct Locks {
    held: Vec<Lock>,
    waiting: Vec<Waker>,
}

struct Lock {
    /// The open file that holds it: descriptors have their own only until they are duplicated.
    holder: *const OpenFile,
    is_exclusive: bool,
}

static LOCKS: OneAtATime<RefCell<Locks>> = OneAtATime(RefCell::new(Locks {
    held: Vec::new(),
    waiting: Vec::new(),
}));

/// Locks an open file, or changes the lock that it has. Other locks of the same file are refused by an exclusive one,
/// and refuse it.
///
/// # Errors
/// `EWOULDBLOCK` if another open file holds a lock, `ENOLCK` if memory is exhausted.
pub(crate) fn try_lock(file: &OpenFile, is_exclusive: bool) -> Result<c_int, Errno> {
    let mut locks = LOCKS.0.borrow_mut();
    let is_own = |lock: &Lock| core::ptr::eq(lock.holder, file);
    let conflicts = locks.held.iter().any(|lock| {
        // SAFETY: an open file releases its lock before it is dropped.
        let holder = unsafe { &*lock.holder };
        (is_exclusive || lock.is_exclusive) && !is_own(lock) && holder.is_same_file(file)
    });
    if conflicts {
        return Err(Errno(::libc::EWOULDBLOCK));
    }
    // Another thread may have locked it since this one released the lock.
    if let Some(own) = locks.held.iter_mut().find(|lock| is_own(lock)) {
        own.is_exclusive = is_exclusive;
        return Ok(0);
    }
    let reserved = locks.held.try_reserve(1);
    reserved.map_err(|_| Errno(::libc::ENOLCK))?;
    locks.held.push(Lock {
        holder: file,
        is_exclusive,
    });
    Ok(0)
}

/// Wakes a thread when a lock is released.
pub(crate) fn wait(waker: &Waker) {
    LOCKS.0.borrow_mut().waiting.push(waker.clone());
}

/// Releases the lock of an open file, if it holds one.
pub(crate) fn release(file: &OpenFile) {
    let waiting = {
        let mut locks = LOCKS.0.borrow_mut();
        let count = locks.held.len();
        locks.held.retain(|lock| !core::ptr::eq(lock.holder, file));
        match locks.held.len() < count {
            true => core::mem::take(&mut locks.waiting),
            false => Vec::new(),
        }
    };
    // A task is woken while nothing is borrowed.
    waiting.into_iter().for_each(Waker::wake);
}
