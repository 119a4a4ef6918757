//! `flock`: locks of whole files, held by open files.

use super::{
    Errno,
    description::{self, with_file},
};
use crate::{
    freestanding::one_core::OneCore,
    libc::{descriptors, errno::returned},
    thread,
};
use alloc::vec::Vec;
use core::{
    cell::RefCell,
    ffi::c_int,
    future::poll_fn,
    task::{Poll, Waker},
};
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

static LOCKS: OneCore<RefCell<Locks>> = OneCore(RefCell::new(Locks {
    held: Vec::new(),
    waiting: Vec::new(),
}));

#[unsafe(no_mangle)]
extern "C" fn flock(descriptor: c_int, operation: c_int) -> c_int {
    let is_exclusive = match operation & !::libc::LOCK_NB {
        ::libc::LOCK_UN => {
            return returned(with_file(descriptor, ::libc::EINVAL, |file| {
                release(file);
                Ok(0)
            }));
        }
        ::libc::LOCK_SH => false,
        ::libc::LOCK_EX => true,
        _ => return returned(Err(Errno(::libc::EINVAL))),
    };
    let lock = || {
        // The file stays open while the thread waits.
        let open = descriptors::get(descriptor)?;
        let file = description::file_of(&open).ok_or(Errno(::libc::EINVAL))?;
        // A lock is converted by releasing it, as on Linux.
        release(file);
        if operation & ::libc::LOCK_NB != 0 {
            return try_lock(file, is_exclusive);
        }
        thread::block_on(poll_fn(|context| match try_lock(file, is_exclusive) {
            Err(Errno(::libc::EWOULDBLOCK)) => {
                LOCKS.0.borrow_mut().waiting.push(context.waker().clone());
                Poll::Pending
            }
            result => Poll::Ready(result),
        }))
    };
    returned(lock())
}

fn try_lock(file: &OpenFile, is_exclusive: bool) -> Result<c_int, Errno> {
    let mut locks = LOCKS.0.borrow_mut();
    let conflicts = locks.held.iter().any(|lock| {
        // SAFETY: an open file releases its lock before it is dropped.
        let holder = unsafe { &*lock.holder };
        (is_exclusive || lock.is_exclusive) && holder.is_same_file(file)
    });
    if conflicts {
        return Err(Errno(::libc::EWOULDBLOCK));
    }
    let reserved = locks.held.try_reserve(1);
    reserved.map_err(|_| Errno(::libc::ENOLCK))?;
    locks.held.push(Lock {
        holder: file,
        is_exclusive,
    });
    Ok(0)
}

/// Releases the lock of an open file, if it holds one.
pub(super) fn release(file: &OpenFile) {
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
