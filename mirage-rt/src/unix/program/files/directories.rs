//! Listing directories. A `DIR` is ours or the C library's.

use super::{
    functions::{call_library, is_confined},
    one_at_a_time::{OneAtATime, locked},
    table::is_mounted,
};
use crate::files::directory::{self, Directory};
use alloc::collections::BTreeSet;
use core::{
    cell::RefCell,
    ffi::{c_char, c_int},
    ptr::null_mut,
};
use libc::dirent64;

/// The addresses of the directories that are ours.
static DIRECTORIES: OneAtATime<RefCell<BTreeSet<usize>>> =
    OneAtATime(RefCell::new(BTreeSet::new()));

/// Notes that a directory is ours.
fn note(directory: *mut Directory) -> *mut Directory {
    if !directory.is_null() {
        DIRECTORIES.0.borrow_mut().insert(directory.addr());
    }
    directory
}

/// Calls `f` if a directory is ours.
fn with_ours<R>(directory: *mut Directory, f: impl FnOnce() -> R) -> Option<R> {
    if !is_confined() {
        return None;
    }
    locked(|| {
        let is_ours = DIRECTORIES.0.borrow().contains(&directory.addr());
        is_ours.then(f)
    })
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn opendir(name: *const c_char) -> *mut Directory {
    if is_confined() {
        // SAFETY: as the caller states.
        return locked(|| note(unsafe { directory::opendir(name) }));
    }
    call_library!(opendir(name: *const c_char) -> *mut Directory, null_mut())
}

/// The descriptor becomes the directory's, which closes it.
#[unsafe(no_mangle)]
extern "C" fn fdopendir(descriptor: c_int) -> *mut Directory {
    if is_mounted(descriptor) {
        return locked(|| note(directory::fdopendir(descriptor)));
    }
    call_library!(fdopendir(descriptor: c_int) -> *mut Directory, null_mut())
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn readdir64(directory: *mut Directory) -> *mut dirent64 {
    // SAFETY: as the caller states.
    let entry = with_ours(directory, || unsafe { directory::readdir64(directory) });
    entry.unwrap_or_else(
        || call_library!(readdir64(directory: *mut Directory) -> *mut dirent64, null_mut()),
    )
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn readdir(directory: *mut Directory) -> *mut dirent64 {
    // SAFETY: as the caller states.
    unsafe { readdir64(directory) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn rewinddir(directory: *mut Directory) {
    // SAFETY: as the caller states.
    let rewound = with_ours(directory, || unsafe { directory::rewinddir(directory) });
    rewound.unwrap_or_else(|| call_library!(rewinddir(directory: *mut Directory) -> (), ()));
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn dirfd(directory: *mut Directory) -> c_int {
    // SAFETY: as the caller states.
    let descriptor = with_ours(directory, || unsafe { directory::dirfd(directory) });
    descriptor.unwrap_or_else(|| call_library!(dirfd(directory: *mut Directory) -> c_int, -1))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn closedir(directory: *mut Directory) -> c_int {
    let closed = with_ours(directory, || {
        DIRECTORIES.0.borrow_mut().remove(&directory.addr());
        // SAFETY: as the caller states.
        unsafe { directory::closedir(directory) }
    });
    closed.unwrap_or_else(|| call_library!(closedir(directory: *mut Directory) -> c_int, -1))
}
