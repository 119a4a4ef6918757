//! What files do not have: links and owners.

use super::{
    metadata,
    target::{Errno, returned, with_file},
};
use core::ffi::{c_char, c_int, c_uint};

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn linkat(
    old_directory: c_int,
    old: *const c_char,
    _new_directory: c_int,
    _new: *const c_char,
    _flags: c_int,
) -> c_int {
    // SAFETY: as the caller states.
    let exists = unsafe { metadata::exists(old_directory, old) };
    returned(exists.and(Err(Errno(::libc::EPERM))))
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn link(old: *const c_char, new: *const c_char) -> c_int {
    // SAFETY: as the caller states.
    unsafe { linkat(::libc::AT_FDCWD, old, ::libc::AT_FDCWD, new, 0) }
}

#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn symlink(_target: *const c_char, _name: *const c_char) -> c_int {
    returned(Err(Errno(::libc::EPERM)))
}

#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn mkfifo(_name: *const c_char, _mode: u32) -> c_int {
    returned(Err(Errno(::libc::EPERM)))
}

/// There are no users: a file stays root's.
///
/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn fchownat(
    directory: c_int,
    name: *const c_char,
    _owner: c_uint,
    _group: c_uint,
    _flags: c_int,
) -> c_int {
    // SAFETY: as the caller states.
    let exists = unsafe { metadata::exists(directory, name) };
    returned(exists.and(Err(Errno(::libc::EPERM))))
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn chown(name: *const c_char, owner: c_uint, group: c_uint) -> c_int {
    // SAFETY: as the caller states.
    unsafe { fchownat(::libc::AT_FDCWD, name, owner, group, 0) }
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn lchown(name: *const c_char, owner: c_uint, group: c_uint) -> c_int {
    // SAFETY: as the caller states.
    unsafe { chown(name, owner, group) }
}

#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn fchown(descriptor: c_int, _owner: c_uint, _group: c_uint) -> c_int {
    returned(with_file(descriptor, ::libc::EPERM, |_| {
        Err(Errno(::libc::EPERM))
    }))
}

#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn chroot(_name: *const c_char) -> c_int {
    returned(Err(Errno(::libc::EPERM)))
}
