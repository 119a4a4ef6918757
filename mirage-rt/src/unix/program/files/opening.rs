//! Opening files, and the executable, which is the only file of the host that can be opened.

use super::{
    functions::{is_confined, set_confined},
    one_at_a_time::locked,
    table::forget_all,
};
use crate::files::{open, paths};
use alloc::ffi::CString;
use core::ffi::{CStr, c_char, c_int, c_uint};
use std::{fs, os::unix::ffi::OsStringExt, sync::OnceLock};

/// The link to the executable.
const LINK: &CStr = c"/proc/self/exe";

/// The path of the executable.
static EXECUTABLE: OnceLock<CString> = OnceLock::new();

/// From now on, paths denote what is mounted.
///
/// A child process has the host's files, before it executes one. It must not use the lock, which another thread may
/// hold.
pub(crate) fn confine() {
    extern "C" fn release() {
        set_confined(false);
        forget_all();
    }
    let path = LINK.to_str().ok().and_then(|link| fs::read_link(link).ok());
    let path = path.and_then(|path| CString::new(path.into_os_string().into_vec()).ok());
    if let Some(path) = path {
        EXECUTABLE.get_or_init(|| path);
    }
    // SAFETY: the function sets variables only, which are its own in the child.
    unsafe { libc::pthread_atfork(None, None, Some(release)) };
    set_confined(true);
}

/// Whether a path is a string that equals `expected`.
///
/// # Safety
/// It is null or a string.
unsafe fn is(path: *const c_char, expected: &CStr) -> bool {
    // SAFETY: as the caller states.
    !path.is_null() && unsafe { CStr::from_ptr(path) } == expected
}

/// Whether the executable is opened for reading.
///
/// # Safety
/// As that of [`is`].
unsafe fn is_executable(path: *const c_char, flags: c_int) -> bool {
    let changes = libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC;
    let executable = EXECUTABLE.get().filter(|_| flags & changes == 0);
    // SAFETY: as the caller states.
    executable.is_some_and(|executable| unsafe { is(path, executable) })
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn openat64(
    directory: c_int,
    name: *const c_char,
    flags: c_int,
    mode: c_uint,
) -> c_int {
    // SAFETY: as the caller states.
    unsafe {
        match is_confined() && !is_executable(name, flags) {
            true => locked(|| open::openat64(directory, name, flags, mode)),
            false => libc::syscall(libc::SYS_openat, directory, name, flags, mode) as c_int,
        }
    }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn openat(
    directory: c_int,
    name: *const c_char,
    flags: c_int,
    mode: c_uint,
) -> c_int {
    // SAFETY: as the caller states.
    unsafe { openat64(directory, name, flags, mode) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn open64(name: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    // SAFETY: as the caller states.
    unsafe { openat64(libc::AT_FDCWD, name, flags, mode) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn open(name: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    // SAFETY: as the caller states.
    unsafe { openat64(libc::AT_FDCWD, name, flags, mode) }
}

/// The flags of `creat`.
const CREATE: c_int = libc::O_CREAT | libc::O_WRONLY | libc::O_TRUNC;

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn creat64(name: *const c_char, mode: c_uint) -> c_int {
    // SAFETY: as the caller states.
    unsafe { openat64(libc::AT_FDCWD, name, CREATE, mode) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn creat(name: *const c_char, mode: c_uint) -> c_int {
    // SAFETY: as the caller states.
    unsafe { openat64(libc::AT_FDCWD, name, CREATE, mode) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn readlinkat(
    directory: c_int,
    name: *const c_char,
    buffer: *mut c_char,
    length: usize,
) -> isize {
    // SAFETY: as the caller states.
    unsafe {
        match is_confined() && !is(name, LINK) {
            true => locked(|| paths::readlinkat(directory, name, buffer, length)),
            false => libc::syscall(libc::SYS_readlinkat, directory, name, buffer, length) as isize,
        }
    }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn readlink(name: *const c_char, buffer: *mut c_char, length: usize) -> isize {
    // SAFETY: as the caller states.
    unsafe { readlinkat(libc::AT_FDCWD, name, buffer, length) }
}
