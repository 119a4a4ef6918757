//! Values of threads by key, and the destructors of thread-local variables.

use crate::{
    freestanding::one_core::OneCore,
    libc::heap,
    thread::{self, Destructor},
};
use alloc::vec::Vec;
use core::{
    cell::RefCell,
    ffi::{c_int, c_uint, c_void},
    ptr::null_mut,
};

/// The rounds in which destructors are called that set values again (POSIX's PTHREAD_DESTRUCTOR_ITERATIONS).
const ROUNDS: usize = 4;

/// The maximum number of keys, as that of Linux (PTHREAD_KEYS_MAX).
const MAX_KEYS: usize = 1024;

/// The destructors of keys, by key; `None` for a key that is deleted.
static KEYS: OneCore<RefCell<Vec<Option<Option<Destructor>>>>> = OneCore(RefCell::new(Vec::new()));

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_key_create(key: *mut c_uint, destructor: Option<Destructor>) -> c_int {
    if heap::check_spare().is_err() {
        return ::libc::ENOMEM;
    }
    let mut keys = KEYS.0.borrow_mut();
    let free = keys.iter().position(Option::is_none);
    let index = free.unwrap_or(keys.len());
    if index == MAX_KEYS {
        return ::libc::EAGAIN;
    }
    if free.is_none() {
        keys.push(None);
    }
    keys[index] = Some(destructor);
    drop(keys);
    // As Linux, a key that is used again has no value in the current thread. In others that is the program's duty.
    set(index, null_mut());
    // SAFETY: valid, as the caller states.
    unsafe { *key = index as c_uint };
    0
}

#[unsafe(no_mangle)]
extern "C" fn pthread_key_delete(key: c_uint) -> c_int {
    match KEYS.0.borrow_mut().get_mut(key as usize) {
        Some(key @ Some(_)) => {
            *key = None;
            0
        }
        _ => ::libc::EINVAL,
    }
}

#[unsafe(no_mangle)]
extern "C" fn pthread_setspecific(key: c_uint, value: *mut c_void) -> c_int {
    let index = key as usize;
    let is_valid = matches!(KEYS.0.borrow().get(index), Some(Some(_)));
    if !is_valid {
        return ::libc::EINVAL;
    }
    let is_new = thread::with_local(|local| local.specific.borrow().len() <= index);
    if is_new && heap::check_spare().is_err() {
        return ::libc::ENOMEM;
    }
    set(index, value);
    0
}

/// Sets the value of a key in the current thread. Returns the old one.
fn set(index: usize, value: *mut c_void) -> *mut c_void {
    thread::with_local(|local| {
        let mut values = local.specific.borrow_mut();
        match values.get_mut(index) {
            Some(old) => core::mem::replace(old, value),
            None if value.is_null() => null_mut(),
            None => {
                values.resize(index + 1, null_mut());
                core::mem::replace(&mut values[index], value)
            }
        }
    })
}

#[unsafe(no_mangle)]
extern "C" fn pthread_getspecific(key: c_uint) -> *mut c_void {
    thread::with_local(|local| {
        let values = local.specific.borrow();
        values.get(key as usize).copied().unwrap_or(null_mut())
    })
}

/// Registers the destructor of a thread-local variable (Itanium C++ ABI, 3.3.7).
#[unsafe(no_mangle)]
extern "C" fn __cxa_thread_atexit_impl(
    destructor: Destructor,
    variable: *mut c_void,
    _library: *mut c_void,
) -> c_int {
    thread::with_local(|local| local.destructors.borrow_mut().push((destructor, variable)));
    0
}

/// Calls the destructors of the current thread's variables, in reverse order of their registration.
pub(in crate::libc) fn run_variable_destructors() {
    // A destructor may use other thread-local variables, and register more.
    while let Some((destructor, variable)) =
        thread::with_local(|local| local.destructors.borrow_mut().pop())
    {
        // SAFETY: registered for this variable of this thread, which lives as long as the thread.
        unsafe { destructor(variable) };
    }
}

/// Calls the destructors of the current thread, which ends.
pub(super) fn run_destructors() {
    run_variable_destructors();
    for _ in 0..ROUNDS {
        let mut is_done = true;
        let count = KEYS.0.borrow().len();
        for index in 0..count {
            let destructor = KEYS.0.borrow().get(index).copied().flatten().flatten();
            let Some(destructor) = destructor else {
                continue;
            };
            let value = set(index, null_mut());
            if !value.is_null() {
                is_done = false;
                // SAFETY: the value was set for this key.
                unsafe { destructor(value) };
            }
        }
        if is_done {
            return;
        }
    }
}
