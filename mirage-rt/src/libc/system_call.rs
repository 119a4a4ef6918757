//! The function `syscall`, for system calls without a function of their own.

use super::{Errno, errno::returned_size, fail, futex};
use crate::thread;
use core::ffi::c_long;

/// # Safety
/// As the system call requires.
#[unsafe(no_mangle)]
unsafe extern "C" fn syscall(
    number: c_long,
    first: usize,
    second: usize,
    third: usize,
    fourth: usize,
    _fifth: usize,
    sixth: usize,
) -> c_long {
    match number {
        ::libc::SYS_futex => {
            let arguments = futex::Arguments {
                value: third as u32,
                timeout: fourth as *const _,
                bits: sixth as u32,
            };
            // SAFETY: as the caller states.
            let result = unsafe { futex::futex(first as *const u32, second as i32, &arguments) };
            returned_size(result.map(|value| value as usize)) as c_long
        }
        ::libc::SYS_getrandom => {
            // SAFETY: a buffer of this length, as the caller states.
            unsafe { super::random::getrandom(first as *mut u8, second, third as u32) as c_long }
        }
        ::libc::SYS_gettid => thread::current_id() as c_long,
        _ => fail(Errno(::libc::ENOSYS)).into(),
    }
}
