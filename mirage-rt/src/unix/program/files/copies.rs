//! Copies in the kernel, which has no contents of mounted files. The standard library copies by reading and writing
//! then.

use super::table::is_mounted;
use crate::unix::program::errno::{Errno, fail};
use core::ffi::{c_int, c_uint};

/// Fails if one of the descriptors is that of a mounted file, and calls the host otherwise.
fn copy(descriptors: [c_int; 2], errno: c_int, call: impl FnOnce() -> isize) -> isize {
    match descriptors.into_iter().any(is_mounted) {
        true => fail(Errno(errno)) as isize,
        false => call(),
    }
}

/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sendfile64(
    output: c_int,
    input: c_int,
    offset: *mut i64,
    count: usize,
) -> isize {
    // SAFETY: as the caller states.
    let call =
        || unsafe { libc::syscall(libc::SYS_sendfile, output, input, offset, count) as isize };
    copy([output, input], libc::EINVAL, call)
}

/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sendfile(
    output: c_int,
    input: c_int,
    offset: *mut i64,
    count: usize,
) -> isize {
    // SAFETY: as the caller states.
    unsafe { sendfile64(output, input, offset, count) }
}

/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn copy_file_range(
    input: c_int,
    input_offset: *mut i64,
    output: c_int,
    output_offset: *mut i64,
    length: usize,
    flags: c_uint,
) -> isize {
    // SAFETY: as the caller states.
    let call = || unsafe {
        libc::syscall(
            libc::SYS_copy_file_range,
            input,
            input_offset,
            output,
            output_offset,
            length,
            flags,
        ) as isize
    };
    copy([input, output], libc::EXDEV, call)
}

/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn splice(
    input: c_int,
    input_offset: *mut i64,
    output: c_int,
    output_offset: *mut i64,
    length: usize,
    flags: c_uint,
) -> isize {
    // SAFETY: as the caller states.
    let call = || unsafe {
        libc::syscall(
            libc::SYS_splice,
            input,
            input_offset,
            output,
            output_offset,
            length,
            flags,
        ) as isize
    };
    copy([input, output], libc::EINVAL, call)
}
