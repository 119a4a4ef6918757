//! Child processes: there are none, and none can be started. `fork` and `execvp` are not defined.

use super::{Errno, fail};
use core::ffi::{c_int, c_void};

#[unsafe(no_mangle)]
extern "C" fn waitid(_kind: c_int, _id: u32, _information: *mut c_void, _options: c_int) -> c_int {
    fail(Errno(::libc::ECHILD))
}

#[unsafe(no_mangle)]
extern "C" fn waitpid(_id: c_int, _status: *mut c_int, _options: c_int) -> c_int {
    fail(Errno(::libc::ECHILD))
}

/// Returns the number of the last signal (GNU's C library).
#[unsafe(no_mangle)]
extern "C" fn __libc_current_sigrtmax() -> c_int {
    64
}
