//! Transfers of several parts, as `readv` and `writev` have them.

use super::target::Errno;
use ::libc::iovec;
use core::{ffi::c_int, slice};

/// The maximum number of parts (`IOV_MAX`).
pub(crate) const MAX_PARTS: usize = 1024;

/// Returns the parts.
///
/// # Safety
/// `parts` has `count` parts, or `count` is not positive.
pub(crate) unsafe fn array<'a>(parts: *const iovec, count: c_int) -> Result<&'a [iovec], Errno> {
    match usize::try_from(count) {
        Ok(0) => Ok(&[]),
        // SAFETY: as the caller states.
        Ok(count @ 1..=MAX_PARTS) => Ok(unsafe { slice::from_raw_parts(parts, count) }),
        _ => Err(Errno(::libc::EINVAL)),
    }
}

/// Returns the length of a part.
pub(crate) const fn length(part: &&iovec) -> usize {
    part.iov_len
}

/// Calls `transfer` with one part after another, and how much was transferred before, until a part is not transferred
/// whole, by its `length`. An error is returned if nothing was transferred.
pub(crate) fn transfer_each<P>(
    parts: impl IntoIterator<Item = P>,
    length: impl Fn(&P) -> usize,
    mut transfer: impl FnMut(usize, &P) -> Result<usize, Errno>,
) -> Result<usize, Errno> {
    let mut total = 0;
    for part in parts {
        match transfer(total, &part) {
            Err(errno) if total == 0 => return Err(errno),
            Err(_) => break,
            Ok(count) => {
                total += count;
                if count < length(&part) {
                    break;
                }
            }
        }
    }
    Ok(total)
}
