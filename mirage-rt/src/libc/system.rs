//! What the system says of itself: its limits, its processor and its library.

use super::{Errno, descriptors, fail};
use core::{
    ffi::{c_char, c_int, c_long, c_ulong, c_void},
    ptr::null_mut,
};

/// The answers that programs ask for; others are unknown.
#[unsafe(no_mangle)]
extern "C" fn sysconf(name: c_int) -> c_long {
    match name {
        ::libc::_SC_PAGESIZE => 4096,
        ::libc::_SC_NPROCESSORS_ONLN | ::libc::_SC_NPROCESSORS_CONF => 1,
        ::libc::_SC_OPEN_MAX => descriptors::limit() as c_long,
        ::libc::_SC_CLK_TCK => 100,
        ::libc::_SC_IOV_MAX => 1024,
        _ => fail(Errno(::libc::EINVAL)).into(),
    }
}

/// There is one processor.
///
/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sched_getaffinity(_id: c_int, size: usize, set: *mut u8) -> c_int {
    if size == 0 {
        return fail(Errno(::libc::EINVAL));
    }
    // SAFETY: a set of this size, as the caller states.
    unsafe {
        set.write_bytes(0, size);
        *set = 1;
    }
    0
}

/// Returns the size of a page. Other values are unknown, and 0.
#[unsafe(no_mangle)]
extern "C" fn getauxval(kind: c_ulong) -> c_ulong {
    match kind {
        ::libc::AT_PAGESZ => 4096,
        _ => 0,
    }
}

/// Finds no symbol: functions that may be missing are missing.
#[unsafe(no_mangle)]
extern "C" fn dlsym(_library: *mut c_void, _name: *const c_char) -> *mut c_void {
    null_mut()
}

/// Returns the version of GNU's C library whose functions these are.
#[unsafe(no_mangle)]
extern "C" fn gnu_get_libc_version() -> *const c_char {
    c"2.36".as_ptr()
}
