//! Functions on strings that the standard library calls.

use core::ffi::{CStr, c_char};

/// Returns the bytes of a string.
///
/// # Safety
/// `text` is a string, which lives as long as the result is used.
pub(super) unsafe fn bytes<'a>(text: *const c_char) -> &'a [u8] {
    // SAFETY: as the caller states.
    unsafe { CStr::from_ptr(text) }.to_bytes()
}
