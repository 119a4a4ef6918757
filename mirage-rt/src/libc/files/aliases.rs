//! Functions that only images need: others of fixed arguments, and copies in the kernel, which there is not.

use crate::{
    files::{open::openat64, paths::readlinkat},
    libc::errno::{Errno, returned_size},
};
use core::ffi::{c_char, c_int, c_uint};

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn openat(
    directory: c_int,
    name: *const c_char,
    flags: c_int,
    mode: u32,
) -> c_int {
    // SAFETY: as the caller states.
    unsafe { openat64(directory, name, flags, mode) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn open64(name: *const c_char, flags: c_int, mode: u32) -> c_int {
    // SAFETY: as the caller states.
    unsafe { openat64(::libc::AT_FDCWD, name, flags, mode) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn open(name: *const c_char, flags: c_int, mode: u32) -> c_int {
    // SAFETY: as the caller states.
    unsafe { openat64(::libc::AT_FDCWD, name, flags, mode) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn readlink(name: *const c_char, buffer: *mut c_char, length: usize) -> isize {
    // SAFETY: as the caller states.
    unsafe { readlinkat(::libc::AT_FDCWD, name, buffer, length) }
}

/// Fails: the standard library copies by reading and writing then.
#[unsafe(no_mangle)]
extern "C" fn sendfile64(_output: c_int, _input: c_int, _offset: *mut i64, _count: usize) -> isize {
    returned_size(Err(Errno(::libc::ENOSYS)))
}

/// Fails, as [`sendfile64`].
#[unsafe(no_mangle)]
extern "C" fn splice(
    _input: c_int,
    _input_offset: *mut i64,
    _output: c_int,
    _output_offset: *mut i64,
    _length: usize,
    _flags: c_uint,
) -> isize {
    returned_size(Err(Errno(::libc::ENOSYS)))
}
