//! Strings, and searching in memory. Copying and comparing are in `arch/`, for images without std too.

use core::{
    ffi::{CStr, c_char, c_int, c_void},
    ptr::null_mut,
    slice,
};

/// Returns the bytes of a string.
///
/// # Safety
/// `text` is a string, which lives as long as the result is used.
pub(super) unsafe fn bytes<'a>(text: *const c_char) -> &'a [u8] {
    // SAFETY: as the caller states.
    unsafe { CStr::from_ptr(text) }.to_bytes()
}

/// Returns the first byte `byte` of a memory, or null.
///
/// # Safety
/// As C's `memchr`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memchr(memory: *const c_void, byte: c_int, length: usize) -> *mut c_void {
    // SAFETY: as the caller states.
    unsafe { find(memory, length, |bytes| ::memchr::memchr(byte as u8, bytes)) }
}

/// Returns the last byte `byte` of a memory, or null.
///
/// # Safety
/// As GNU's `memrchr`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memrchr(memory: *const c_void, byte: c_int, length: usize) -> *mut c_void {
    // SAFETY: as the caller states.
    unsafe { find(memory, length, |bytes| ::memchr::memrchr(byte as u8, bytes)) }
}

/// # Safety
/// The memory has this length, or the length is 0.
unsafe fn find(
    memory: *const c_void,
    length: usize,
    search: impl FnOnce(&[u8]) -> Option<usize>,
) -> *mut c_void {
    if length == 0 {
        return null_mut();
    }
    // SAFETY: as the caller states.
    let bytes = unsafe { slice::from_raw_parts(memory.cast(), length) };
    search(bytes).map_or(null_mut(), |index| {
        memory.cast::<u8>().wrapping_add(index).cast_mut().cast()
    })
}
