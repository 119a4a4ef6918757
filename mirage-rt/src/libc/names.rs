//! Names: `getaddrinfo`.

use super::{Errno, fail};
use ::libc::{addrinfo, sockaddr};
use core::{
    ffi::{c_char, c_int},
    ptr::null_mut,
};

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getaddrinfo(
    _node: *const c_char,
    _service: *const c_char,
    _hints: *const addrinfo,
    result: *mut *mut addrinfo,
) -> c_int {
    let _: Option<&sockaddr> = None;
    // SAFETY: valid, as the caller states.
    unsafe { *result = null_mut() };
    fail(Errno(::libc::ENOSYS));
    ::libc::EAI_NONAME
}

/// Frees nothing: no list is returned.
#[unsafe(no_mangle)]
extern "C" fn freeaddrinfo(_list: *mut addrinfo) {}

/// Returns the text of an error.
#[unsafe(no_mangle)]
extern "C" fn gai_strerror(error: c_int) -> *const c_char {
    match error {
        ::libc::EAI_NONAME => c"Name or service not known",
        ::libc::EAI_AGAIN => c"Temporary failure in name resolution",
        ::libc::EAI_FAIL => c"Non-recoverable failure in name resolution",
        ::libc::EAI_MEMORY => c"Memory allocation failure",
        ::libc::EAI_FAMILY => c"ai_family not supported",
        ::libc::EAI_SERVICE => c"Servname not supported for ai_socktype",
        ::libc::EAI_SOCKTYPE => c"ai_socktype not supported",
        ::libc::EAI_SYSTEM => c"System error",
        _ => c"Unknown error",
    }
    .as_ptr()
}

/// Has no effect: the configuration does not change behind the resolver.
#[unsafe(no_mangle)]
extern "C" fn __res_init() -> c_int {
    0
}
