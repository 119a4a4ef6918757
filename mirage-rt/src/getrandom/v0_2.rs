//! What getrandom 0.2 asks of the C library. Its backend for Linux cannot be replaced: it makes the system call
//! `getrandom`, and would read `/dev/urandom` if the kernel did not have it.

use super::fill;
use core::{
    ffi::{c_char, c_int, c_long, c_uint, c_ulong, c_void},
    sync::atomic::{AtomicI32, Ordering::Relaxed},
};

/// The number of the system call `getrandom`.
const GETRANDOM: c_long = 318;

const EIO: c_int = 5;
const EINVAL: c_int = 22;
const ENOSYS: c_int = 38;

static ERRNO: AtomicI32 = AtomicI32::new(0);

/// Returns the address of `errno`. An image has one thread.
#[unsafe(no_mangle)]
extern "C" fn __errno_location() -> *mut c_int {
    ERRNO.as_ptr()
}

/// Sets `errno` and returns -1.
fn fail(errno: c_int) -> c_int {
    ERRNO.store(errno, Relaxed);
    -1
}

/// Makes the system call `getrandom`, and no other one: `errno` is ENOSYS. It is EIO if the machine has no
/// entropy.
///
/// # Safety
/// If `number` is that of `getrandom`, `length` bytes from `buffer` on can be written, and nothing else refers to
/// them.
#[unsafe(no_mangle)]
unsafe extern "C" fn syscall(
    number: c_long,
    buffer: *mut c_void,
    length: usize,
    _flags: c_uint,
) -> c_long {
    if number != GETRANDOM {
        return fail(ENOSYS).into();
    }
    // SAFETY: the caller guarantees what `fill` demands.
    match unsafe { fill(buffer.cast(), length) } {
        // No buffer has more than `isize::MAX` bytes.
        true => length as c_long,
        false => fail(EIO).into(),
    }
}

/// Fails with EINVAL, as no text is known: getrandom then shows the number of the error.
#[unsafe(no_mangle)]
extern "C" fn __xpg_strerror_r(_errno: c_int, _buffer: *mut c_char, _length: usize) -> c_int {
    EINVAL
}

// What follows is linked but not called, because `syscall` does not fail with ENOSYS there.

/// Fails with ENOSYS: an image has no files.
#[unsafe(no_mangle)]
extern "C" fn open(_path: *const c_char, _flags: c_int) -> c_int {
    fail(ENOSYS)
}

/// Fails with ENOSYS, as no file is open.
#[unsafe(no_mangle)]
extern "C" fn read(_file: c_int, _buffer: *mut c_void, _length: usize) -> isize {
    fail(ENOSYS) as isize
}

/// Fails with ENOSYS, as no file is open.
#[unsafe(no_mangle)]
extern "C" fn close(_file: c_int) -> c_int {
    fail(ENOSYS)
}

/// Fails with ENOSYS, as no file is open.
#[unsafe(no_mangle)]
extern "C" fn poll(_files: *mut c_void, _count: c_ulong, _timeout: c_int) -> c_int {
    fail(ENOSYS)
}

/// Does nothing: an image has one thread.
#[unsafe(no_mangle)]
extern "C" fn pthread_mutex_lock(_mutex: *mut c_void) -> c_int {
    0
}

/// Does nothing, as [`pthread_mutex_lock`].
#[unsafe(no_mangle)]
extern "C" fn pthread_mutex_unlock(_mutex: *mut c_void) -> c_int {
    0
}
