//! `readv` and `writev`.

use super::{
    Errno,
    descriptors::{bytes, bytes_mut, get},
    errno::returned_size,
};
use crate::{
    files::vectored::{array, length, transfer_each},
    thread,
};
use ::libc::iovec;
use alloc::vec::Vec;
use core::ffi::c_int;

/// How many parts are written at once.
const BUFFERS: usize = 4;

/// Gathers the data of parts.
///
/// # Safety
/// Each part has data of its length.
pub(super) unsafe fn gather(parts: &[iovec]) -> Result<Vec<u8>, Errno> {
    let mut whole = Vec::new();
    for part in parts {
        // SAFETY: as the caller states.
        let data = unsafe { bytes(part.iov_base, part.iov_len) }?;
        whole
            .try_reserve(data.len())
            .map_err(|_| Errno(::libc::ENOBUFS))?;
        whole.extend_from_slice(data);
    }
    Ok(whole)
}

/// Distributes data over parts. Returns how much fits into them.
///
/// # Safety
/// Each part is a buffer of its length.
pub(super) unsafe fn scatter(data: &[u8], parts: &[iovec]) -> Result<usize, Errno> {
    let mut rest = data;
    for part in parts {
        // SAFETY: as the caller states.
        let buffer = unsafe { bytes_mut(part.iov_base, part.iov_len) }?;
        let (now, later) = rest.split_at(rest.len().min(buffer.len()));
        buffer[..now.len()].copy_from_slice(now);
        rest = later;
    }
    Ok(data.len() - rest.len())
}

/// Returns memory for what the parts have room for.
pub(super) fn room_for(parts: &[iovec]) -> Result<Vec<u8>, Errno> {
    let add = |sum: usize, part: &iovec| sum.checked_add(part.iov_len);
    let length = parts.iter().try_fold(0, add);
    let length = length.ok_or(Errno(::libc::EINVAL))?;
    let mut buffer = Vec::new();
    let reserved = buffer.try_reserve_exact(length);
    reserved.map_err(|_| Errno(::libc::ENOBUFS))?;
    buffer.resize(length, 0);
    Ok(buffer)
}

/// Reads into one part after another. Only the first read waits.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn readv(descriptor: c_int, parts: *const iovec, count: c_int) -> isize {
    thread::yield_if_due();
    let run = || {
        let file = get(descriptor)?;
        // SAFETY: as the caller states.
        let parts = unsafe { array(parts, count) }?;
        if file.description.has_messages() {
            let mut whole = room_for(parts)?;
            let count = file.read(&mut whole)?;
            // SAFETY: each is a buffer of its length, as the caller states.
            return unsafe { scatter(&whole[..count], parts) };
        }
        // Not if there is only an error, which the next call returns. A file does not say.
        let has_more = || file.description.unread().map_or(true, |unread| unread > 0);
        transfer_each(parts, length, |total, part| {
            // SAFETY: each is a buffer of its length, as the caller states.
            match unsafe { bytes_mut(part.iov_base, part.iov_len) }? {
                [] => Ok(0),
                buffer if total == 0 || has_more() => file.read(buffer),
                _ => Ok(0),
            }
        })
    };
    returned_size(run())
}

/// Writes one part after another, or all of them as one message.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn writev(descriptor: c_int, parts: *const iovec, count: c_int) -> isize {
    thread::yield_if_due();
    let run = || {
        let file = get(descriptor)?;
        // SAFETY: as the caller states.
        let parts = unsafe { array(parts, count) }?;
        if file.description.has_messages() {
            // SAFETY: each is data of its length, as the caller states.
            let whole = unsafe { gather(parts) }?;
            return file.write(&whole);
        }
        let length = |parts: &&[iovec]| parts.iter().map(|part| part.iov_len).sum();
        transfer_each(parts.chunks(BUFFERS), length, |total, parts| {
            let mut buffers = [&[][..]; BUFFERS];
            for (buffer, part) in buffers.iter_mut().zip(*parts) {
                // SAFETY: each is data of its length, as the caller states.
                *buffer = unsafe { bytes(part.iov_base, part.iov_len) }?;
            }
            let written = file.write_vectored(&buffers[..parts.len()]);
            if written.is_err() && total > 0 {
                file.description.keep_error();
            }
            written
        })
    };
    returned_size(run())
}
