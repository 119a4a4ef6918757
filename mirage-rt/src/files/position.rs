//! Positions, reading and writing at an offset, and lengths.

use super::{
    base::with_base,
    path,
    target::{self, Errno, returned, returned_size, with_file, yield_if_due},
};
use core::{
    ffi::{c_char, c_int, c_void},
    slice,
};
use mirage_devices::fs::{OpenOptions, SeekFrom};

#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn lseek64(descriptor: c_int, offset: i64, whence: c_int) -> i64 {
    let from = match whence {
        ::libc::SEEK_SET => Ok(SeekFrom::Start),
        ::libc::SEEK_CUR => Ok(SeekFrom::Current),
        ::libc::SEEK_END => Ok(SeekFrom::End),
        _ => Err(Errno(::libc::EINVAL)),
    };
    let position = with_file(descriptor, ::libc::ESPIPE, |file| {
        Ok(file.seek(from?, offset)? as usize)
    });
    returned_size(position) as i64
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn pread64(
    descriptor: c_int,
    buffer: *mut c_void,
    length: usize,
    offset: i64,
) -> isize {
    yield_if_due();
    // SAFETY: a buffer of this length, as the caller states.
    let buffer = unsafe { slice::from_raw_parts_mut(buffer.cast(), length) };
    let count = with_file(descriptor, ::libc::ESPIPE, |file| {
        Ok(file.read_at(unsigned(offset)?, buffer)?)
    });
    returned_size(count)
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn pwrite64(
    descriptor: c_int,
    data: *const c_void,
    length: usize,
    offset: i64,
) -> isize {
    yield_if_due();
    // SAFETY: data of this length, as the caller states.
    let data = unsafe { slice::from_raw_parts(data.cast(), length) };
    let count = with_file(descriptor, ::libc::ESPIPE, |file| {
        Ok(file.write_at(unsigned(offset)?, data)?)
    });
    returned_size(count)
}

#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn ftruncate64(descriptor: c_int, length: i64) -> c_int {
    returned(with_file(descriptor, ::libc::EINVAL, |file| {
        file.set_length(unsigned(length)?)?;
        Ok(0)
    }))
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn truncate64(name: *const c_char, length: i64) -> c_int {
    let options = OpenOptions {
        write: true,
        ..OpenOptions::READ
    };
    // SAFETY: as the caller states.
    let cut = unsafe { path(name) }.and_then(|path| {
        let length = unsigned(length)?;
        with_base(::libc::AT_FDCWD, path, |mounts, base| {
            mounts.open(base, path, &options)?.set_length(length)?;
            Ok(0)
        })
    });
    returned(cut)
}

/// Nothing is left to be written.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn fsync(descriptor: c_int) -> c_int {
    returned(target::check(descriptor).map(|()| 0))
}

/// Nothing is left to be written.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn fdatasync(descriptor: c_int) -> c_int {
    fsync(descriptor)
}

fn unsigned(offset: i64) -> Result<u64, Errno> {
    u64::try_from(offset).map_err(|_| Errno(::libc::EINVAL))
}
