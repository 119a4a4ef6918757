//! Reading and writing. A descriptor of the host's takes one comparison more than in the C library.

use super::{functions::descriptor_functions, table::with_file};
use crate::{
    files::vectored::{array, length, transfer_each},
    unix::program::errno::{Errno, returned_size},
};
use core::{
    ffi::{c_int, c_void},
    slice,
};
use libc::iovec;
use mirage_devices::fs::OpenFile;

/// What a transfer does for each part.
type Transfer = fn(&OpenFile, Option<u64>, &iovec) -> Result<usize, Errno>;

descriptor_functions! {
    fn read(descriptor: c_int, buffer: *mut c_void, length: usize) -> isize
        = transfer(descriptor, None, &[part(buffer, length)], read_part),
        SYS_read(descriptor, buffer, length);
    fn write(descriptor: c_int, data: *const c_void, length: usize) -> isize
        = transfer(descriptor, None, &[part(data, length)], write_part),
        SYS_write(descriptor, data, length);
    fn readv(descriptor: c_int, parts: *const iovec, count: c_int) -> isize
        = transfer_all(descriptor, None, parts, count, read_part),
        SYS_readv(descriptor, parts, count);
    fn writev(descriptor: c_int, parts: *const iovec, count: c_int) -> isize
        = transfer_all(descriptor, None, parts, count, write_part),
        SYS_writev(descriptor, parts, count);
    fn preadv(descriptor: c_int, parts: *const iovec, count: c_int, offset: i64) -> isize
        = transfer_all(descriptor, Some(offset), parts, count, read_part),
        SYS_preadv(descriptor, parts, count, offset, 0);
    fn preadv64(descriptor: c_int, parts: *const iovec, count: c_int, offset: i64) -> isize
        = transfer_all(descriptor, Some(offset), parts, count, read_part),
        SYS_preadv(descriptor, parts, count, offset, 0);
    fn pwritev(descriptor: c_int, parts: *const iovec, count: c_int, offset: i64) -> isize
        = transfer_all(descriptor, Some(offset), parts, count, write_part),
        SYS_pwritev(descriptor, parts, count, offset, 0);
    fn pwritev64(descriptor: c_int, parts: *const iovec, count: c_int, offset: i64) -> isize
        = transfer_all(descriptor, Some(offset), parts, count, write_part),
        SYS_pwritev(descriptor, parts, count, offset, 0);
}

descriptor_functions! {
    fn preadv2(
        descriptor: c_int,
        parts: *const iovec,
        count: c_int,
        offset: i64,
        flags: c_int
    ) -> isize
        = transfer_all(descriptor, explicit(offset), parts, count, read_part),
        SYS_preadv2(descriptor, parts, count, offset, 0, flags);
    fn preadv64v2(
        descriptor: c_int,
        parts: *const iovec,
        count: c_int,
        offset: i64,
        flags: c_int
    ) -> isize
        = transfer_all(descriptor, explicit(offset), parts, count, read_part),
        SYS_preadv2(descriptor, parts, count, offset, 0, flags);
    fn pwritev2(
        descriptor: c_int,
        parts: *const iovec,
        count: c_int,
        offset: i64,
        flags: c_int
    ) -> isize
        = transfer_all(descriptor, explicit(offset), parts, count, write_part),
        SYS_pwritev2(descriptor, parts, count, offset, 0, flags);
    fn pwritev64v2(
        descriptor: c_int,
        parts: *const iovec,
        count: c_int,
        offset: i64,
        flags: c_int
    ) -> isize
        = transfer_all(descriptor, explicit(offset), parts, count, write_part),
        SYS_pwritev2(descriptor, parts, count, offset, 0, flags);
}

/// The offset of `preadv2`: -1 stands for the position.
fn explicit(offset: i64) -> Option<i64> {
    (offset != -1).then_some(offset)
}

fn part(start: *const c_void, length: usize) -> iovec {
    iovec {
        iov_base: start.cast_mut(),
        iov_len: length,
    }
}

fn read_part(file: &OpenFile, offset: Option<u64>, part: &iovec) -> Result<usize, Errno> {
    // SAFETY: a buffer of this length, as the caller of the transfer states.
    let buffer = unsafe { slice::from_raw_parts_mut(start(part)?, part.iov_len) };
    Ok(match offset {
        Some(offset) => file.read_at(offset, buffer)?,
        None => file.read(buffer)?,
    })
}

fn write_part(file: &OpenFile, offset: Option<u64>, part: &iovec) -> Result<usize, Errno> {
    // SAFETY: data of this length, as the caller of the transfer states.
    let data = unsafe { slice::from_raw_parts(start(part)?, part.iov_len) };
    Ok(match offset {
        Some(offset) => file.write_at(offset, data)?,
        None => file.write(data)?,
    })
}

/// The start of a part, of which null is that of no data.
fn start(part: &iovec) -> Result<*mut u8, Errno> {
    match (part.iov_base.is_null(), part.iov_len) {
        (true, 0) => Ok(core::ptr::dangling_mut()),
        (true, _) => Err(Errno(libc::EFAULT)),
        _ => Ok(part.iov_base.cast()),
    }
}

/// Transfers parts at the position, or at an offset.
///
/// # Safety
/// `parts` has `count` parts, of which each has memory of its length.
unsafe fn transfer_all(
    descriptor: c_int,
    offset: Option<i64>,
    parts: *const iovec,
    count: c_int,
    each: Transfer,
) -> isize {
    // SAFETY: as the caller states.
    match unsafe { array(parts, count) } {
        Ok(parts) => transfer(descriptor, offset, parts, each),
        Err(errno) => returned_size(Err(errno)),
    }
}

/// Transfers one part after another, until one is not transferred whole.
fn transfer(descriptor: c_int, offset: Option<i64>, parts: &[iovec], each: Transfer) -> isize {
    returned_size(with_file(descriptor, libc::EBADF, |file| {
        let offset = offset.map(u64::try_from).transpose();
        let offset = offset.map_err(|_| Errno(libc::EINVAL))?;
        transfer_each(parts, length, |total, part| {
            each(file, offset.map(|offset| offset + total as u64), part)
        })
    }))
}
