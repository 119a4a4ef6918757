//! Mutexes of POSIX, which crates with C code and fallbacks of crates use. The standard library has futexes.
//!
//! All mutexes are of the normal type, without an owner.

use super::super::futex::{self, Arguments};
use core::{ffi::c_int, ptr::null, sync::atomic::AtomicU32, sync::atomic::Ordering::Relaxed};

/// The first word of a `pthread_mutex_t`, which is zero at first: 0 if it is unlocked, 1 if it is locked, and 2 if
/// there may be threads that wait.
type Mutex = AtomicU32;

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_mutex_init(
    mutex: *mut u32,
    _attributes: *const core::ffi::c_void,
) -> c_int {
    // SAFETY: valid, as the caller states.
    unsafe { mutex.write(0) };
    0
}

#[unsafe(no_mangle)]
extern "C" fn pthread_mutex_destroy(_mutex: *mut u32) -> c_int {
    0
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_mutex_trylock(mutex: *mut u32) -> c_int {
    // SAFETY: valid, as the caller states.
    let mutex: &Mutex = unsafe { AtomicU32::from_ptr(mutex) };
    match mutex.compare_exchange(0, 1, Relaxed, Relaxed) {
        Ok(_) => 0,
        Err(_) => ::libc::EBUSY,
    }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_mutex_lock(mutex: *mut u32) -> c_int {
    // SAFETY: valid, as the caller states.
    unsafe {
        if pthread_mutex_trylock(mutex) == 0 {
            return 0;
        }
        while AtomicU32::from_ptr(mutex).swap(2, Relaxed) != 0 {
            let arguments = Arguments {
                value: 2,
                timeout: null(),
                bits: u32::MAX,
            };
            // Whether it was woken or the value has changed, it tries again.
            let _ = futex::futex(mutex, ::libc::FUTEX_WAIT, &arguments);
        }
    }
    0
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_mutex_unlock(mutex: *mut u32) -> c_int {
    // SAFETY: valid, as the caller states.
    unsafe {
        if AtomicU32::from_ptr(mutex).swap(0, Relaxed) == 2 {
            let arguments = Arguments {
                value: 1,
                timeout: null(),
                bits: u32::MAX,
            };
            let _ = futex::futex(mutex, ::libc::FUTEX_WAKE, &arguments);
        }
    }
    0
}
