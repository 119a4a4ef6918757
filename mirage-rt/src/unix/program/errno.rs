//! The error number of the host's C library.

use core::ffi::c_int;

/// An error number of Linux, such as `libc::EAGAIN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Errno(pub(crate) c_int);

/// Returns the current thread's error number.
pub(crate) fn last() -> Errno {
    // SAFETY: the place is that of this thread.
    Errno(unsafe { *libc::__errno_location() })
}

/// Sets the current thread's error number.
pub(crate) fn set(errno: Errno) {
    // SAFETY: the place is that of this thread.
    unsafe { *libc::__errno_location() = errno.0 };
}

/// Sets the current thread's error number, and returns -1.
pub(crate) fn fail(errno: Errno) -> c_int {
    set(errno);
    -1
}

/// Returns the value of a function's result, or sets the error number and returns -1.
#[cfg(target_env = "gnu")]
pub(crate) fn returned(result: Result<c_int, Errno>) -> c_int {
    result.unwrap_or_else(fail)
}

/// As [`returned`], for the result of a read or write.
#[cfg(target_env = "gnu")]
pub(crate) fn returned_size(result: Result<usize, Errno>) -> isize {
    match result {
        Ok(count) => count as isize,
        Err(errno) => fail(errno) as isize,
    }
}
