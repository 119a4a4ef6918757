//! Creating, removing and renaming by path, and the working directory.

use super::{
    base::with_base,
    metadata, mounts, open, path,
    target::{Errno, fail, returned, returned_size, with_file},
};
use alloc::rc::Rc;
use core::{
    ffi::{c_char, c_int, c_uint},
    ptr::null_mut,
};
use mirage_devices::fs::{Base, OpenOptions};

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn mkdirat(directory: c_int, name: *const c_char, mode: u32) -> c_int {
    // SAFETY: as the caller states.
    let made = unsafe { path(name) }.and_then(|path| {
        with_base(directory, path, |mounts, base| {
            mounts.make_directory(base, path, open::permissions(mode))?;
            Ok(0)
        })
    });
    returned(made)
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn mkdir(name: *const c_char, mode: u32) -> c_int {
    // SAFETY: as the caller states.
    unsafe { mkdirat(::libc::AT_FDCWD, name, mode) }
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn unlinkat(
    directory: c_int,
    name: *const c_char,
    flags: c_int,
) -> c_int {
    // SAFETY: as the caller states.
    let removed = unsafe { path(name) }.and_then(|path| {
        with_base(directory, path, |mounts, base| {
            match flags & ::libc::AT_REMOVEDIR {
                0 => mounts.remove_file(base, path)?,
                _ => mounts.remove_directory(base, path)?,
            }
            Ok(0)
        })
    });
    returned(removed)
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn unlink(name: *const c_char) -> c_int {
    // SAFETY: as the caller states.
    unsafe { unlinkat(::libc::AT_FDCWD, name, 0) }
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn rmdir(name: *const c_char) -> c_int {
    // SAFETY: as the caller states.
    unsafe { unlinkat(::libc::AT_FDCWD, name, ::libc::AT_REMOVEDIR) }
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn renameat(
    old_directory: c_int,
    old: *const c_char,
    new_directory: c_int,
    new: *const c_char,
) -> c_int {
    let rename = || {
        // SAFETY: as the caller states.
        let (old, new) = unsafe { (path(old)?, path(new)?) };
        with_base(old_directory, old, |_, from| {
            with_base(new_directory, new, |mounts, to| {
                mounts.rename((from, old), (to, new))?;
                Ok(0)
            })
        })
    };
    returned(rename())
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn rename(old: *const c_char, new: *const c_char) -> c_int {
    // SAFETY: as the caller states.
    unsafe { renameat(::libc::AT_FDCWD, old, ::libc::AT_FDCWD, new) }
}

/// Renames without flags: files are replaced.
///
/// # Safety
/// As Linux's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn renameat2(
    old_directory: c_int,
    old: *const c_char,
    new_directory: c_int,
    new: *const c_char,
    flags: c_uint,
) -> c_int {
    match flags {
        // SAFETY: as the caller states.
        0 => unsafe { renameat(old_directory, old, new_directory, new) },
        _ => returned(Err(Errno(::libc::EINVAL))),
    }
}

/// Fails for every file: there are no symbolic links.
///
/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn readlinkat(
    directory: c_int,
    name: *const c_char,
    _buffer: *mut c_char,
    _length: usize,
) -> isize {
    // SAFETY: as the caller states.
    let exists = unsafe { metadata::exists(directory, name) };
    returned_size(exists.and(Err(Errno(::libc::EINVAL))))
}

/// Returns the path without `.` and `..`, in memory of `malloc` if `result` is null.
///
/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn realpath(name: *const c_char, result: *mut c_char) -> *mut c_char {
    // SAFETY: as the caller states.
    let canonical = unsafe { path(name) }
        .and_then(|path| Ok(mounts()?.canonicalize(Base::WorkingDirectory, path)?));
    // SAFETY: a buffer of `PATH_MAX` bytes, as the caller states.
    unsafe { copied(canonical, result, ::libc::PATH_MAX as usize) }
}

/// Returns the path of the working directory, in memory of `malloc` if `buffer` is null.
///
/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn getcwd(buffer: *mut c_char, length: usize) -> *mut c_char {
    let path = mounts().and_then(|mounts| Ok(mounts.current_directory()?));
    // SAFETY: a buffer of this length, as the caller states.
    unsafe { copied(path, buffer, length) }
}

/// Copies a path to a buffer of `length` bytes, or if it is null to memory of `malloc`.
///
/// # Safety
/// The buffer is null or has this length.
unsafe fn copied(
    path: Result<alloc::vec::Vec<u8>, Errno>,
    buffer: *mut c_char,
    length: usize,
) -> *mut c_char {
    let copy = || {
        let path = path?;
        let buffer = match buffer.is_null() {
            // SAFETY: the call has no conditions.
            true => unsafe { ::libc::malloc(path.len() + 1) }.cast(),
            false if path.len() >= length => return Err(Errno(::libc::ERANGE)),
            false => buffer,
        };
        if buffer.is_null() {
            return Err(Errno(::libc::ENOMEM));
        }
        // SAFETY: the buffer has room for the path and a zero.
        unsafe {
            buffer
                .cast::<u8>()
                .copy_from_nonoverlapping(path.as_ptr(), path.len());
            *buffer.add(path.len()) = 0;
        }
        Ok(buffer)
    };
    copy().unwrap_or_else(|errno| {
        fail(errno);
        null_mut()
    })
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn chdir(name: *const c_char) -> c_int {
    // SAFETY: as the caller states.
    let changed = unsafe { path(name) }.and_then(|path| {
        let mounts = mounts()?;
        let directory = mounts.open(Base::WorkingDirectory, path, &OpenOptions::READ)?;
        mounts.set_working_directory(Rc::new(directory))?;
        Ok(0)
    });
    returned(changed)
}

#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn fchdir(descriptor: c_int) -> c_int {
    returned(with_file(descriptor, ::libc::ENOTDIR, |file| {
        let mounts = mounts()?;
        let directory = mounts.open(Base::Directory(file), b".", &OpenOptions::READ)?;
        mounts.set_working_directory(Rc::new(directory))?;
        Ok(0)
    }))
}
