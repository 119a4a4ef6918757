//! `flock`.

use super::description::{file_of, with_file};
use crate::{
    files::lock,
    libc::{
        descriptors,
        errno::{Errno, returned},
    },
    thread,
};
use core::{ffi::c_int, future::poll_fn, task::Poll};

#[unsafe(no_mangle)]
extern "C" fn flock(descriptor: c_int, operation: c_int) -> c_int {
    let is_exclusive = match operation & !::libc::LOCK_NB {
        ::libc::LOCK_UN => {
            return returned(with_file(descriptor, ::libc::EINVAL, |file| {
                lock::release(file);
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
        let file = file_of(&open).ok_or(Errno(::libc::EINVAL))?;
        // A lock is converted by releasing it, as on Linux.
        lock::release(file);
        if operation & ::libc::LOCK_NB != 0 {
            return lock::try_lock(file, is_exclusive);
        }
        thread::block_on(poll_fn(|context| {
            match lock::try_lock(file, is_exclusive) {
                Err(Errno(::libc::EWOULDBLOCK)) => {
                    lock::wait(context.waker());
                    Poll::Pending
                }
                result => Poll::Ready(result),
            }
        }))
    };
    returned(lock())
}
