//! What `stat` returns, permissions and times. `statx` is not there: the standard library uses `stat64` then.

use super::{
    Errno,
    description::{file_of, with_base, with_file},
    mounts, path,
};
use crate::libc::{console::Console, descriptors, errno::returned};
use ::libc::{stat64 as Stat, timespec};
use core::ffi::{c_char, c_int};
use mirage_devices::fs::{Base, FileKind, Metadata, OpenFile, OpenOptions, Timestamp};

/// The size of a block that the number of blocks counts, in bytes.
const BLOCK: u64 = 512;

/// The size in which files are read best, in bytes.
const BUFFER: i64 = 4096;

fn stat(metadata: &Metadata) -> Stat {
    // SAFETY: all zeroes are a valid value.
    let mut stat: Stat = unsafe { core::mem::zeroed() };
    let kind = match metadata.kind {
        FileKind::Regular => ::libc::S_IFREG,
        FileKind::Directory => ::libc::S_IFDIR,
        FileKind::CharacterDevice { major, minor } => {
            stat.st_rdev = ::libc::makedev(major, minor);
            ::libc::S_IFCHR
        }
    };
    stat.st_mode = kind | u32::from(metadata.permissions);
    stat.st_dev = metadata.device;
    stat.st_ino = metadata.inode.0;
    stat.st_nlink = metadata.links.into();
    stat.st_size = metadata.length as i64;
    stat.st_blksize = BUFFER;
    stat.st_blocks = metadata.allocated.div_ceil(BLOCK) as i64;
    (stat.st_atime, stat.st_atime_nsec) = seconds(metadata.accessed);
    (stat.st_mtime, stat.st_mtime_nsec) = seconds(metadata.modified);
    (stat.st_ctime, stat.st_ctime_nsec) = seconds(metadata.changed);
    stat
}

fn seconds(time: Timestamp) -> (i64, i64) {
    (time.seconds, time.nanoseconds.into())
}

/// The status of what is no file: the console or a socket.
fn stat_of_description(kind: u32) -> Stat {
    // SAFETY: all zeroes are a valid value.
    let mut stat: Stat = unsafe { core::mem::zeroed() };
    stat.st_mode = kind | 0o600;
    stat.st_nlink = 1;
    stat.st_blksize = BUFFER;
    stat
}

fn of_descriptor(descriptor: c_int) -> Result<Stat, Errno> {
    let open = descriptors::get(descriptor)?;
    match file_of(&open) {
        Some(file) => Ok(stat(&file.metadata()?)),
        None if open.description.socket().is_ok() => Ok(stat_of_description(::libc::S_IFSOCK)),
        None if open.description.as_any().is::<Console>() => {
            Ok(stat_of_description(::libc::S_IFCHR))
        }
        // Linux has no type for what `epoll_create` and `eventfd` return.
        None => Ok(stat_of_description(0)),
    }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn fstatat64(
    directory: c_int,
    name: *const c_char,
    result: *mut Stat,
    flags: c_int,
) -> c_int {
    let run = || {
        // SAFETY: as the caller states.
        let path = unsafe { path(name) }?;
        let stat = match path.is_empty() && flags & ::libc::AT_EMPTY_PATH != 0 {
            true => of_descriptor(directory)?,
            false => with_base(directory, path, |mounts, base| {
                Ok(stat(&mounts.metadata(base, path)?))
            })?,
        };
        // SAFETY: `result` is valid, as the caller states.
        unsafe { *result = stat };
        Ok(0)
    };
    returned(run())
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn stat64(name: *const c_char, result: *mut Stat) -> c_int {
    // SAFETY: as the caller states.
    unsafe { fstatat64(::libc::AT_FDCWD, name, result, 0) }
}

/// There are no symbolic links.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn lstat64(name: *const c_char, result: *mut Stat) -> c_int {
    // SAFETY: as the caller states.
    unsafe { fstatat64(::libc::AT_FDCWD, name, result, 0) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn fstat64(descriptor: c_int, result: *mut Stat) -> c_int {
    let stat = of_descriptor(descriptor).map(|stat| {
        // SAFETY: `result` is valid, as the caller states.
        unsafe { *result = stat };
        0
    });
    returned(stat)
}

/// Opens a file of any kind, to change its metadata.
fn open(directory: c_int, path: &[u8]) -> Result<OpenFile, Errno> {
    with_base(directory, path, |mounts, base| {
        Ok(mounts.open(base, path, &OpenOptions::READ)?)
    })
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn chmod(name: *const c_char, mode: u32) -> c_int {
    // SAFETY: as the caller states.
    let changed = unsafe { path(name) }.and_then(|path| {
        open(::libc::AT_FDCWD, path)?.set_permissions(mode as u16)?;
        Ok(0)
    });
    returned(changed)
}

#[unsafe(no_mangle)]
extern "C" fn fchmod(descriptor: c_int, mode: u32) -> c_int {
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
#[unsafe(no_mangle)]
unsafe extern "C" fn futimens(descriptor: c_int, times: *const timespec) -> c_int {
    returned(with_file(descriptor, ::libc::EINVAL, |file| {
        // SAFETY: as the caller states.
        unsafe { set_times(file, times) }
    }))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn utimensat(
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
#[unsafe(no_mangle)]
unsafe extern "C" fn faccessat(
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
#[unsafe(no_mangle)]
unsafe extern "C" fn access(name: *const c_char, mode: c_int) -> c_int {
    // SAFETY: as the caller states.
    unsafe { faccessat(::libc::AT_FDCWD, name, mode, 0) }
}

/// Returns whether a file of the mounted file systems exists.
pub(super) fn exists(path: &[u8]) -> Result<(), Errno> {
    mounts()?.metadata(Base::WorkingDirectory, path)?;
    Ok(())
}
