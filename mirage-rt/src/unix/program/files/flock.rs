//! `flock`. A thread that waits for a lock does not hold that of all files.

use super::{
    one_at_a_time::locked,
    table::{get, is_mounted},
};
use crate::{
    files::lock,
    unix::program::errno::{Errno, returned},
};
use alloc::{sync::Arc, task::Wake};
use core::{ffi::c_int, task::Waker};
use std::thread::{self, Thread};

#[unsafe(no_mangle)]
extern "C" fn flock(descriptor: c_int, operation: c_int) -> c_int {
    if !is_mounted(descriptor) {
        // SAFETY: the call has no conditions.
        return unsafe { libc::syscall(libc::SYS_flock, descriptor, operation) as c_int };
    }
    let is_exclusive = match operation & !libc::LOCK_NB {
        libc::LOCK_UN => None,
        libc::LOCK_SH => Some(false),
        libc::LOCK_EX => Some(true),
        _ => return returned(Err(Errno(libc::EINVAL))),
    };
    let Some(is_exclusive) = is_exclusive else {
        return returned(locked(|| release(descriptor)));
    };
    // A lock is converted by releasing it, as on Linux.
    let locked = locked(|| release(descriptor))
        .and_then(|_| wait(descriptor, is_exclusive, operation & libc::LOCK_NB == 0));
    returned(locked)
}

fn release(descriptor: c_int) -> Result<c_int, Errno> {
    let file = get(descriptor).ok_or(Errno(libc::EBADF))?;
    lock::release(&file);
    Ok(0)
}

/// Locks an open file. If it waits for others, it is called again when one has released its lock.
fn wait(descriptor: c_int, is_exclusive: bool, waits: bool) -> Result<c_int, Errno> {
    let waker = Waker::from(Arc::new(Parked(thread::current())));
    loop {
        let result = locked(|| {
            let file = get(descriptor).ok_or(Errno(libc::EBADF))?;
            lock::try_lock(&file, is_exclusive).inspect_err(|_| {
                if waits {
                    lock::wait(&waker);
                }
            })
        });
        match result {
            Err(Errno(libc::EWOULDBLOCK)) if waits => thread::park(),
            result => return result,
        }
    }
}

/// A thread that waits.
struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
