//! Error numbers.

use crate::thread;
use core::ffi::{c_char, c_int};

/// An error number of Linux, such as `libc::EAGAIN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Errno(pub(crate) c_int);

/// Returns the address of the current thread's error number.
#[unsafe(no_mangle)]
extern "C" fn __errno_location() -> *mut c_int {
    thread::with_local(|local| local.errno.as_ptr())
}

/// Sets the current thread's error number, and returns -1.
pub(crate) fn fail(errno: Errno) -> c_int {
    thread::with_local(|local| local.errno.set(errno.0));
    -1
}

/// Calls `f` and restores the current thread's error number.
pub(super) fn preserve(f: impl FnOnce()) {
    let before = thread::with_local(|local| local.errno.get());
    f();
    thread::with_local(|local| local.errno.set(before));
}

/// Returns the value of a function's result, or sets the error number and returns -1.
pub(crate) fn returned(result: Result<c_int, Errno>) -> c_int {
    result.unwrap_or_else(fail)
}

/// As [`returned`], for the result of a read or write.
pub(crate) fn returned_size(result: Result<usize, Errno>) -> isize {
    match result {
        Ok(count) => count as isize,
        Err(errno) => fail(errno) as isize,
    }
}

/// Writes the text of an error number to a buffer of `length` bytes, truncated.
///
/// # Safety
/// As POSIX's `strerror_r`.
#[unsafe(no_mangle)]
unsafe extern "C" fn __xpg_strerror_r(errno: c_int, buffer: *mut c_char, length: usize) -> c_int {
    if length == 0 {
        return ::libc::ERANGE;
    }
    let text = text(errno);
    let copied = text.len().min(length - 1);
    // SAFETY: the buffer has `length` bytes, as the caller states.
    unsafe {
        buffer
            .cast::<u8>()
            .copy_from_nonoverlapping(text.as_ptr(), copied);
        *buffer.add(copied) = 0;
    }
    if copied < text.len() {
        ::libc::ERANGE
    } else {
        0
    }
}

/// The texts of the C library of GNU, which programs may print.
fn text(errno: c_int) -> &'static str {
    match errno {
        0 => "Success",
        ::libc::EPERM => "Operation not permitted",
        ::libc::ENOENT => "No such file or directory",
        ::libc::EINTR => "Interrupted system call",
        ::libc::EIO => "Input/output error",
        ::libc::EBADF => "Bad file descriptor",
        ::libc::ECHILD => "No child processes",
        ::libc::EAGAIN => "Resource temporarily unavailable",
        ::libc::ENOMEM => "Cannot allocate memory",
        ::libc::EACCES => "Permission denied",
        ::libc::EFAULT => "Bad address",
        ::libc::EBUSY => "Device or resource busy",
        ::libc::EEXIST => "File exists",
        ::libc::ENODEV => "No such device",
        ::libc::ENOTDIR => "Not a directory",
        ::libc::EISDIR => "Is a directory",
        ::libc::EINVAL => "Invalid argument",
        ::libc::EMFILE => "Too many open files",
        ::libc::ENOTTY => "Inappropriate ioctl for device",
        ::libc::EFBIG => "File too large",
        ::libc::ENOSPC => "No space left on device",
        ::libc::ESPIPE => "Illegal seek",
        ::libc::EROFS => "Read-only file system",
        ::libc::EPIPE => "Broken pipe",
        ::libc::EDOM => "Numerical argument out of domain",
        ::libc::ERANGE => "Numerical result out of range",
        ::libc::EDEADLK => "Resource deadlock avoided",
        ::libc::ENAMETOOLONG => "File name too long",
        ::libc::ENOSYS => "Function not implemented",
        ::libc::ENOTEMPTY => "Directory not empty",
        ::libc::ELOOP => "Too many levels of symbolic links",
        ::libc::EOVERFLOW => "Value too large for defined data type",
        ::libc::ENOTSOCK => "Socket operation on non-socket",
        ::libc::EDESTADDRREQ => "Destination address required",
        ::libc::EMSGSIZE => "Message too long",
        ::libc::EPROTOTYPE => "Protocol wrong type for socket",
        ::libc::ENOPROTOOPT => "Protocol not available",
        ::libc::EPROTONOSUPPORT => "Protocol not supported",
        ::libc::ESOCKTNOSUPPORT => "Socket type not supported",
        ::libc::EOPNOTSUPP => "Operation not supported",
        ::libc::EAFNOSUPPORT => "Address family not supported by protocol",
        ::libc::EADDRINUSE => "Address already in use",
        ::libc::EADDRNOTAVAIL => "Cannot assign requested address",
        ::libc::ENETDOWN => "Network is down",
        ::libc::ENETUNREACH => "Network is unreachable",
        ::libc::ECONNABORTED => "Software caused connection abort",
        ::libc::ECONNRESET => "Connection reset by peer",
        ::libc::ENOBUFS => "No buffer space available",
        ::libc::EISCONN => "Transport endpoint is already connected",
        ::libc::ENOTCONN => "Transport endpoint is not connected",
        ::libc::ETIMEDOUT => "Connection timed out",
        ::libc::ECONNREFUSED => "Connection refused",
        ::libc::EHOSTUNREACH => "No route to host",
        ::libc::EALREADY => "Operation already in progress",
        ::libc::EINPROGRESS => "Operation now in progress",
        ::libc::EXDEV => "Invalid cross-device link",
        _ => "Unknown error",
    }
}
