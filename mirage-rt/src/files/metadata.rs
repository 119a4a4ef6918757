//! What `stat` returns, permissions and times.

use super::{
    base::with_base,
    path,
    status::Status,
    target::{self, Errno, returned, with_file},
};
use ::libc::{stat64 as Stat, statx as Statx, timespec};
use core::ffi::{c_char, c_int};
use mirage_devices::fs::{FileKind, OpenFile, OpenOptions, Timestamp};

/// Returns what a path denotes, or with `AT_EMPTY_PATH` the descriptor.
///
/// # Safety
/// `name` is null or a string.
unsafe fn status(directory: c_int, name: *const c_char, flags: c_int) -> Result<Status, Errno> {
    // SAFETY: as the caller states.
    let path = unsafe { path(name) }?;
    match path.is_empty() && flags & ::libc::AT_EMPTY_PATH != 0 {
        true => target::status(directory),
        false => with_base(directory, path, |mounts, base| {
            Ok(Status::File(mounts.metadata(base, path)?))
        }),
    }
}

/// Writes a result to the place of the caller.
///
/// # Safety
/// `place` is valid.
unsafe fn write<T>(result: Result<T, Errno>, place: *mut T) -> c_int {
    returned(result.map(|value| {
        // SAFETY: as the caller states.
        unsafe { place.write(value) };
        0
    }))
}

/// # Safety
/// As Linux's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn statx(
    directory: c_int,
    name: *const c_char,
    flags: c_int,
    _mask: u32,
    result: *mut Statx,
) -> c_int {
    // SAFETY: as the caller states.
    unsafe {
        let status = status(directory, name, flags);
        write(status.map(|status| status.statx()), result)
    }
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn fstatat64(
    directory: c_int,
    name: *const c_char,
    result: *mut Stat,
    flags: c_int,
) -> c_int {
    // SAFETY: as the caller states.
    unsafe {
        let status = status(directory, name, flags);
        write(status.map(|status| status.stat()), result)
    }
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn stat64(name: *const c_char, result: *mut Stat) -> c_int {
    // SAFETY: as the caller states.
    unsafe { fstatat64(::libc::AT_FDCWD, name, result, 0) }
}

/// There are no symbolic links.
///
/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn lstat64(name: *const c_char, result: *mut Stat) -> c_int {
    // SAFETY: as the caller states.
    unsafe { fstatat64(::libc::AT_FDCWD, name, result, 0) }
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn fstat64(descriptor: c_int, result: *mut Stat) -> c_int {
    let stat = target::status(descriptor).map(|status| status.stat());
    // SAFETY: as the caller states.
    unsafe { write(stat, result) }
}

/// Opens a file of any kind, to change its metadata.
fn open(directory: c_int, path: &[u8]) -> Result<OpenFile, Errno> {
    with_base(directory, path, |mounts, base| {
        Ok(mounts.open(base, path, &OpenOptions::READ)?)
    })
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn fchmodat(
    directory: c_int,
    name: *const c_char,
    mode: u32,
    _flags: c_int,
) -> c_int {
    // SAFETY: as the caller states.
    let changed = unsafe { path(name) }.and_then(|path| {
        open(directory, path)?.set_permissions(mode as u16)?;
        Ok(0)
    });
    returned(changed)
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn chmod(name: *const c_char, mode: u32) -> c_int {
    // SAFETY: as the caller states.
    unsafe { fchmodat(::libc::AT_FDCWD, name, mode, 0) }
}

#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn fchmod(descriptor: c_int, mode: u32) -> c_int {
    returned(with_file(descriptor, ::libc::EINVAL, |file| {
        file.set_permissions(mode as u16)?;
        Ok(0)
    }))
}

/// Sets the times of a file; null stands for the present time.
///
/// # Safety
/// `times` is null or two times.
unsafe fn set_times(file: &OpenFile, times: *const timespec) -> Result<c_int, Errno> {
    let now = super::now();
    let time = |index| {
        if times.is_null() {
            return Ok(Some(now));
        }
        // SAFETY: two times, as the caller states.
        let time = unsafe { &*times.add(index) };
        match time.tv_nsec {
            ::libc::UTIME_OMIT => Ok(None),
            ::libc::UTIME_NOW => Ok(Some(now)),
            nanoseconds @ 0..1_000_000_000 => Ok(Some(Timestamp {
                seconds: time.tv_sec,
                nanoseconds: nanoseconds as u32,
            })),
            _ => Err(Errno(::libc::EINVAL)),
        }
    };
    let (accessed, modified) = (time(0)?, time(1)?);
    if accessed.is_some() || modified.is_some() {
        file.set_times(accessed, modified)?;
    }
    Ok(0)
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn futimens(descriptor: c_int, times: *const timespec) -> c_int {
    returned(with_file(descriptor, ::libc::EINVAL, |file| {
        // SAFETY: as the caller states.
        unsafe { set_times(file, times) }
    }))
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn utimensat(
    directory: c_int,
    name: *const c_char,
    times: *const timespec,
    _flags: c_int,
) -> c_int {
    // SAFETY: as the caller states.
    let set = unsafe { path(name).and_then(|path| set_times(&open(directory, path)?, times)) };
    returned(set)
}

/// Whether a file can be accessed in this way: all can be read, and those of a file system that is not read-only
/// be written. A file is executable if a permission bit says so.
///
/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn faccessat(
    directory: c_int,
    name: *const c_char,
    mode: c_int,
    _flags: c_int,
) -> c_int {
    let check = || {
        // SAFETY: as the caller states.
        let path = unsafe { path(name) }?;
        with_base(directory, path, |mounts, base| {
            let metadata = mounts.metadata(base, path)?;
            let is_device = matches!(metadata.kind, FileKind::CharacterDevice { .. });
            if mode & ::libc::W_OK != 0 && !is_device && mounts.is_read_only(base, path)? {
                return Err(Errno(::libc::EROFS));
            }
            let is_executable = metadata.permissions & 0o111 != 0;
            match mode & ::libc::X_OK != 0 && !is_executable {
                true => Err(Errno(::libc::EACCES)),
                false => Ok(0),
            }
        })
    };
    returned(check())
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn access(name: *const c_char, mode: c_int) -> c_int {
    // SAFETY: as the caller states.
    unsafe { faccessat(::libc::AT_FDCWD, name, mode, 0) }
}

/// Returns whether a file of the mounted file systems exists.
///
/// # Safety
/// `name` is null or a string.
pub(super) unsafe fn exists(directory: c_int, name: *const c_char) -> Result<(), Errno> {
    // SAFETY: as the caller states.
    let path = unsafe { path(name) }?;
    with_base(directory, path, |mounts, base| {
        mounts.metadata(base, path)?;
        Ok(())
    })
}
