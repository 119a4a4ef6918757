//! POSIX threads: creation, joining and attributes.
//!
//! The size of a stack is the declared one, whatever a program asks for. There is no cancellation.

pub(super) mod key;
mod mutex;

use super::{heap, strings};
use crate::{
    console::Console,
    freestanding::one_core::OneCore,
    thread::{self, Name, SpawnError},
};
use core::{
    cell::Cell,
    ffi::{c_char, c_int, c_void},
    fmt::Write,
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
    if heap::check_spare().is_err() {
        return ::libc::EAGAIN;
    }
    // It returns, so that its memory is freed.
    let run = move || finish(start(argument));
    match thread::spawn(false, run) {
        Ok(thread) => {
            // SAFETY: `result` is valid, as the caller states.
            unsafe { *result = thread.id };
            0
        }
        Err(SpawnError::NoStack) => {
            report_no_stack();
            ::libc::EAGAIN
        }
        Err(SpawnError::NoMemory) => ::libc::EAGAIN,
    }
}

/// Says which key is missing, the first time.
fn report_no_stack() {
    static IS_REPORTED: OneCore<Cell<bool>> = OneCore(Cell::new(false));
    if !IS_REPORTED.0.replace(true) {
        let count = thread::stack_count();
        let more = 2 * count.max(1);
        let _ = writeln!(
            Console,
            "error: no thread is started: all {count} stacks are in use; declare more, such as by `threads(max = {more})`"
        );
    }
}

/// Ends the current thread after its destructors.
#[unsafe(no_mangle)]
extern "C" fn pthread_exit(value: *mut c_void) -> ! {
    finish(value);
    thread::end()
}

/// Stores what the current thread returns, and calls its destructors.
fn finish(value: *mut c_void) {
    thread::with_current(|thread| {
        if let Some(thread) = thread {
            thread.value.set(value);
        }
    });
    key::run_destructors();
}

/// Waits for the end of a thread.
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
        unsafe { *value = thread.value.get() };
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

/// # Safety
/// As GNU's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_setname_np(id: usize, name: *const c_char) -> c_int {
    // SAFETY: a string, as the caller states.
    let name = Name::new(unsafe { strings::bytes(name) });
    match (thread::find(id), name) {
        (Some(thread), Some(name)) => {
            thread.name.set(name);
            0
        }
        (None, _) => ::libc::ESRCH,
        (_, None) => ::libc::ERANGE,
    }
}

/// # Safety
/// As GNU's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_getname_np(id: usize, buffer: *mut u8, length: usize) -> c_int {
    let Some(thread) = thread::find(id) else {
        return ::libc::ESRCH;
    };
    let name = thread.name.get();
    let name = name.as_bytes();
    if name.len() >= length {
        return ::libc::ERANGE;
    }
    // SAFETY: a buffer of this length, as the caller states.
    unsafe {
        buffer.copy_from_nonoverlapping(name.as_ptr(), name.len());
        *buffer.add(name.len()) = 0;
    }
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
