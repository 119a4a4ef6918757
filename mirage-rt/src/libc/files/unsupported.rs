//! What files do not have: links, owners, and copies in the kernel. The standard library copies by reading and
//! writing then.

use super::{Errno, description::with_file, metadata, path};
use crate::libc::errno::{returned, returned_size};
use core::ffi::{c_char, c_int, c_uint};

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn link(old: *const c_char, _new: *const c_char) -> c_int {
    // SAFETY: as the caller states.
    let linked = unsafe { path(old) }.and_then(|path| {
        metadata::exists(path)?;
        Err(Errno(::libc::EPERM))
    });
    returned(linked)
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn linkat(
    _old_directory: c_int,
    old: *const c_char,
    _new_directory: c_int,
    new: *const c_char,
    _flags: c_int,
) -> c_int {
    // SAFETY: as the caller states.
    unsafe { link(old, new) }
}

#[unsafe(no_mangle)]
extern "C" fn symlink(_target: *const c_char, _name: *const c_char) -> c_int {
    returned(Err(Errno(::libc::EPERM)))
}

#[unsafe(no_mangle)]
extern "C" fn mkfifo(_name: *const c_char, _mode: u32) -> c_int {
    returned(Err(Errno(::libc::EPERM)))
}

/// There are no users: a file stays root's.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn chown(name: *const c_char, _owner: c_uint, _group: c_uint) -> c_int {
    // SAFETY: as the caller states.
    let changed = unsafe { path(name) }.and_then(|path| {
        metadata::exists(path)?;
        Err(Errno(::libc::EPERM))
    });
    returned(changed)
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn lchown(name: *const c_char, owner: c_uint, group: c_uint) -> c_int {
    // SAFETY: as the caller states.
    unsafe { chown(name, owner, group) }
}

#[unsafe(no_mangle)]
extern "C" fn fchown(descriptor: c_int, _owner: c_uint, _group: c_uint) -> c_int {
    returned(with_file(descriptor, ::libc::EPERM, |_| {
        Err(Errno(::libc::EPERM))
    }))
}

#[unsafe(no_mangle)]
extern "C" fn chroot(_name: *const c_char) -> c_int {
    returned(Err(Errno(::libc::EPERM)))
}

#[unsafe(no_mangle)]
extern "C" fn sendfile64(_output: c_int, _input: c_int, _offset: *mut i64, _count: usize) -> isize {
    returned_size(Err(Errno(::libc::ENOSYS)))
}
