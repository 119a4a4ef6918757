//! Resource limits: that of descriptors (`RLIMIT_NOFILE`). The others are unlimited, and cannot be set.

use super::{Errno, descriptors, errno::returned};
use ::libc::rlimit;
use core::ffi::c_int;

/// The number of resources.
const COUNT: u32 = 16;

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getrlimit(resource: c_int, result: *mut rlimit) -> c_int {
    let limit = match resource as u32 {
        ::libc::RLIMIT_NOFILE => rlimit {
            rlim_cur: descriptors::limit() as u64,
            rlim_max: descriptors::MAX_LIMIT as u64,
        },
        0..COUNT => rlimit {
            rlim_cur: ::libc::RLIM_INFINITY,
            rlim_max: ::libc::RLIM_INFINITY,
        },
        _ => return returned(Err(Errno(::libc::EINVAL))),
    };
    // SAFETY: valid, as the caller states.
    unsafe { *result = limit };
    0
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn setrlimit(resource: c_int, limit: *const rlimit) -> c_int {
    // SAFETY: valid, as the caller states.
    let limit = unsafe { *limit };
    let new = usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX);
    returned(match resource as u32 {
        _ if limit.rlim_cur > limit.rlim_max => Err(Errno(::libc::EINVAL)),
        ::libc::RLIMIT_NOFILE if new > descriptors::MAX_LIMIT => Err(Errno(::libc::EPERM)),
        ::libc::RLIMIT_NOFILE => {
            descriptors::set_limit(new);
            Ok(0)
        }
        0..COUNT => Err(Errno(::libc::EPERM)),
        _ => Err(Errno(::libc::EINVAL)),
    })
}

/// # Safety
/// As Linux's: the types have 64 bits anyway.
#[unsafe(no_mangle)]
unsafe extern "C" fn getrlimit64(resource: c_int, result: *mut rlimit) -> c_int {
    // SAFETY: as the caller states.
    unsafe { getrlimit(resource, result) }
}

/// # Safety
/// As Linux's: the types have 64 bits anyway.
#[unsafe(no_mangle)]
unsafe extern "C" fn setrlimit64(resource: c_int, limit: *const rlimit) -> c_int {
    // SAFETY: as the caller states.
    unsafe { setrlimit(resource, limit) }
}
