//! Files: there are none yet.

use super::{Errno, fail};
use core::{
    ffi::{c_char, c_int, c_void},
    ptr::null_mut,
};

#[unsafe(no_mangle)]
extern "C" fn open64(_path: *const c_char, _flags: c_int, _mode: c_int) -> c_int {
    fail(Errno(::libc::ENOENT))
}

#[unsafe(no_mangle)]
extern "C" fn stat64(_path: *const c_char, _result: *mut c_void) -> c_int {
    fail(Errno(::libc::ENOENT))
}

#[unsafe(no_mangle)]
extern "C" fn fstat64(_descriptor: c_int, _result: *mut c_void) -> c_int {
    fail(Errno(::libc::EBADF))
}

#[unsafe(no_mangle)]
extern "C" fn lseek64(_descriptor: c_int, _offset: i64, _whence: c_int) -> i64 {
    fail(Errno(::libc::ESPIPE)).into()
}

#[unsafe(no_mangle)]
extern "C" fn readlink(_path: *const c_char, _buffer: *mut c_char, _length: usize) -> isize {
    fail(Errno(::libc::ENOENT)) as isize
}

#[unsafe(no_mangle)]
extern "C" fn realpath(_path: *const c_char, _result: *mut c_char) -> *mut c_char {
    fail(Errno(::libc::ENOENT));
    null_mut()
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getcwd(buffer: *mut c_char, length: usize) -> *mut c_char {
    if length < 2 {
        fail(Errno(::libc::ERANGE));
        return null_mut();
    }
    // SAFETY: a buffer of this length, as the caller states.
    unsafe { buffer.copy_from_nonoverlapping(c"/".as_ptr(), 2) };
    buffer
}

#[unsafe(no_mangle)]
extern "C" fn open(path: *const c_char, flags: c_int, mode: c_int) -> c_int {
    open64(path, flags, mode)
}
