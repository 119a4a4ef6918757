//! `readv` and `writev`.

use super::{
    Errno,
    descriptors::{bytes, get, read, write},
    errno::returned_size,
};
use ::libc::iovec;
use alloc::vec::Vec;
use core::{ffi::c_int, slice};

/// The maximum number of parts (`IOV_MAX`).
const MAX_PARTS: usize = 1024;

/// Returns the parts.
///
/// # Safety
/// `parts` has `count` parts, or `count` is not positive.
unsafe fn array<'a>(parts: *const iovec, count: c_int) -> Result<&'a [iovec], Errno> {
    match usize::try_from(count) {
        Ok(0) => Ok(&[]),
        // SAFETY: as the caller states.
        Ok(count @ 1..=MAX_PARTS) => Ok(unsafe { slice::from_raw_parts(parts, count) }),
        _ => Err(Errno(::libc::EINVAL)),
    }
}

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

/// Reads into one part after another. Only the first read waits.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn readv(descriptor: c_int, parts: *const iovec, count: c_int) -> isize {
    let checked = get(descriptor).and_then(|file| {
        // SAFETY: as the caller states.
        Ok((file, unsafe { array(parts, count) }?))
    });
    let (file, parts) = match checked {
        Ok(checked) => checked,
        Err(errno) => return returned_size(Err(errno)),
    };
    let is_readable = || file.description.poll() & ::libc::EPOLLIN as u32 != 0;
    let mut total = 0;
    for part in parts.iter().filter(|part| part.iov_len > 0) {
        if total > 0 && (file.description.has_messages() || !is_readable()) {
            break;
        }
        // SAFETY: each is a buffer of its length, as the caller states.
        let count = unsafe { read(descriptor, part.iov_base, part.iov_len) };
        match count {
            ..0 if total == 0 => return count,
            ..=0 => break,
            _ => total += count,
        }
        if (count as usize) < part.iov_len {
            break;
        }
    }
    total
}

/// Writes one part after another, or all of them as one message.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn writev(descriptor: c_int, parts: *const iovec, count: c_int) -> isize {
    let checked = get(descriptor).and_then(|file| {
        // SAFETY: as the caller states.
        Ok((file, unsafe { array(parts, count) }?))
    });
    let (file, parts) = match checked {
        Ok(checked) => checked,
        Err(errno) => return returned_size(Err(errno)),
    };
    if file.description.has_messages() {
        // SAFETY: each is data of its length, as the caller states.
        let whole = unsafe { gather(parts) };
        return returned_size(whole.and_then(|whole| file.write(&whole)));
    }
    let mut total = 0;
    for part in parts.iter().filter(|part| part.iov_len > 0) {
        // SAFETY: each is data of its length, as the caller states.
        let written = unsafe { write(descriptor, part.iov_base, part.iov_len) };
        match written {
            ..0 if total == 0 => return written,
            ..0 => break,
            _ => total += written,
        }
        if (written as usize) < part.iov_len {
            break;
        }
    }
    total
}
