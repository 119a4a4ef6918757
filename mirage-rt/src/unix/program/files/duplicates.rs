//! Closing and duplicating descriptors. The number and the file that it denotes go together.

use super::{
    one_at_a_time::locked,
    table::{forget, get, insert, is_mounted, numbers, remove},
};
use crate::unix::program::errno::{Errno, fail, returned};
use core::ffi::{c_int, c_long, c_uint};

#[unsafe(no_mangle)]
extern "C" fn close(descriptor: c_int) -> c_int {
    if is_mounted(descriptor) {
        locked(|| remove(descriptor));
        return 0;
    }
    // SAFETY: the call has no conditions.
    unsafe { libc::syscall(libc::SYS_close, descriptor) as c_int }
}

/// Closes all descriptors in a range, or lets `execve` close them.
#[unsafe(no_mangle)]
extern "C" fn close_range(first: c_uint, last: c_uint, flags: c_int) -> c_int {
    let close = || {
        // SAFETY: the call has no conditions.
        unsafe { libc::syscall(libc::SYS_close_range, first, last, flags) as c_int }
    };
    if flags != 0 || numbers(first, last).next().is_none() {
        return close();
    }
    locked(|| {
        numbers(first, last).for_each(remove);
        close()
    })
}

/// Duplicates a descriptor by a system call, which returns the new number.
fn duplicate(descriptor: c_int, call: impl Fn() -> c_int) -> c_int {
    if !is_mounted(descriptor) {
        return call();
    }
    locked(|| match (get(descriptor), call()) {
        (Some(file), number @ 0..) => returned(insert(number, file)),
        (_, result) => result,
    })
}

/// Duplicates a descriptor to a number, which is closed before, by a system call.
fn replace(descriptor: c_int, number: c_int, call: impl Fn() -> c_int) -> c_int {
    if !is_mounted(descriptor) && !is_mounted(number) {
        return call();
    }
    locked(|| {
        let file = get(descriptor);
        let result = call();
        if result < 0 || descriptor == number {
            return result;
        }
        match file {
            Some(file) => returned(insert(number, file)),
            None => {
                drop(forget(number));
                result
            }
        }
    })
}

#[unsafe(no_mangle)]
extern "C" fn dup(descriptor: c_int) -> c_int {
    duplicate(descriptor, || {
        // SAFETY: the call has no conditions.
        unsafe { libc::syscall(libc::SYS_dup, descriptor) as c_int }
    })
}

#[unsafe(no_mangle)]
extern "C" fn dup2(descriptor: c_int, number: c_int) -> c_int {
    if descriptor == number {
        // It is not duplicated, but must be open.
        // SAFETY: the call has no conditions.
        let is_open = unsafe { libc::syscall(libc::SYS_fcntl, descriptor, libc::F_GETFD) } >= 0;
        return if is_open { number } else { -1 };
    }
    dup3(descriptor, number, 0)
}

#[unsafe(no_mangle)]
extern "C" fn dup3(descriptor: c_int, number: c_int, flags: c_int) -> c_int {
    replace(descriptor, number, || {
        // SAFETY: the call has no conditions.
        unsafe { libc::syscall(libc::SYS_dup3, descriptor, number, flags) as c_int }
    })
}

/// Duplicates descriptors, and sets and returns flags. A mounted file has no locks of ranges, leases and seals.
///
/// # Safety
/// As Linux's. The argument may be a pointer.
#[unsafe(no_mangle)]
unsafe extern "C" fn fcntl(descriptor: c_int, command: c_int, argument: c_long) -> c_int {
    // SAFETY: as the caller states.
    let call = || unsafe { libc::syscall(libc::SYS_fcntl, descriptor, command, argument) as c_int };
    match command {
        libc::F_DUPFD | libc::F_DUPFD_CLOEXEC => duplicate(descriptor, call),
        libc::F_SETFL if is_mounted(descriptor) => {
            locked(|| {
                if let Some(file) = get(descriptor) {
                    file.set_append(argument & c_long::from(libc::O_APPEND) != 0);
                }
            });
            call()
        }
        libc::F_GETFD | libc::F_SETFD | libc::F_GETFL | libc::F_SETFL => call(),
        _ if is_mounted(descriptor) => fail(Errno(libc::EINVAL)),
        _ => call(),
    }
}

/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn fcntl64(descriptor: c_int, command: c_int, argument: c_long) -> c_int {
    // SAFETY: as the caller states.
    unsafe { fcntl(descriptor, command, argument) }
}
