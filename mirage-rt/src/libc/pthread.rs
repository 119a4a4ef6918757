//! POSIX threads: creation, joining and attributes.
//!
//! The size of a stack is the declared one, whatever a program asks for. There is no cancellation.

mod key;
mod mutex;

use crate::thread::{self, SpawnError};
use core::{
    ffi::{c_char, c_int, c_void},
    ptr::null_mut,
};

type Start = extern "C" fn(*mut c_void) -> *mut c_void;

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_create(
    result: *mut usize,
    _attributes: *const c_void,
    start: Start,
    argument: *mut c_void,
) -> c_int {
    let run = move || {
        start(argument);
        key::run_destructors();
    };
    match thread::spawn(false, run) {
        Ok(thread) => {
            // SAFETY: `result` is valid, as the caller states.
            unsafe { *result = thread.id };
            0
        }
        Err(SpawnError::NoStack) => ::libc::EAGAIN,
        Err(SpawnError::NoMemory) => ::libc::ENOMEM,
    }
}

/// Waits for the end of a thread. Its value is null: the standard library passes values otherwise.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_join(id: usize, value: *mut *mut c_void) -> c_int {
    if id == thread::current_id() {
        return ::libc::EDEADLK;
    }
    let Some(thread) = thread::find(id) else {
        return ::libc::ESRCH;
    };
    thread::block_on(thread.join());
    thread::forget(id);
    if !value.is_null() {
        // SAFETY: valid, as the caller states.
        unsafe { *value = null_mut() };
    }
    0
}

#[unsafe(no_mangle)]
extern "C" fn pthread_detach(id: usize) -> c_int {
    thread::forget(id);
    0
}

#[unsafe(no_mangle)]
extern "C" fn pthread_self() -> usize {
    thread::current_id()
}

/// Has no effect: no function of an image prints the name.
#[unsafe(no_mangle)]
extern "C" fn pthread_setname_np(_id: usize, _name: *const c_char) -> c_int {
    0
}

#[unsafe(no_mangle)]
extern "C" fn sched_yield() -> c_int {
    thread::yield_now();
    0
}

/// Returns the number of the current thread.
#[unsafe(no_mangle)]
extern "C" fn gettid() -> c_int {
    thread::current_id() as c_int
}

/// Where the attributes of a thread keep its stack, in the memory of a `pthread_attr_t`.
#[repr(C)]
struct Attributes {
    stack: usize,
    size: usize,
}

const _: () = assert!(size_of::<Attributes>() <= size_of::<::libc::pthread_attr_t>());

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_attr_init(attributes: *mut Attributes) -> c_int {
    // SAFETY: valid, as the caller states.
    unsafe { attributes.write(Attributes { stack: 0, size: 0 }) };
    0
}

#[unsafe(no_mangle)]
extern "C" fn pthread_attr_destroy(_attributes: *mut Attributes) -> c_int {
    0
}

/// Has no effect: the size is declared.
#[unsafe(no_mangle)]
extern "C" fn pthread_attr_setstacksize(_attributes: *mut Attributes, _size: usize) -> c_int {
    0
}

/// # Safety
/// As GNU's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_getattr_np(id: usize, attributes: *mut Attributes) -> c_int {
    let Some((stack, size)) = thread::find(id).and_then(|thread| thread.stack()) else {
        return ::libc::ESRCH;
    };
    // SAFETY: valid, as the caller states.
    unsafe { attributes.write(Attributes { stack, size }) };
    0
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_attr_getstack(
    attributes: *const Attributes,
    stack: *mut usize,
    size: *mut usize,
) -> c_int {
    // SAFETY: valid, as the caller states.
    unsafe {
        *stack = (*attributes).stack;
        *size = (*attributes).size;
    }
    0
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_attr_getguardsize(
    _attributes: *const Attributes,
    size: *mut usize,
) -> c_int {
    // SAFETY: valid, as the caller states.
    unsafe { *size = 4096 };
    0
}
