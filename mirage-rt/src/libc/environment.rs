//! Environment variables: those of the attribute, those of `--env`, and what the program changes.
//!
//! A text that was replaced is not freed, as in GNU's C library: the program may hold its address.

use super::{Errno, fail, strings};
use crate::freestanding::one_core::OneCore;
use alloc::{ffi::CString, vec::Vec};
use core::{
    cell::RefCell,
    ffi::{CStr, c_char, c_int},
    ptr::{null, null_mut},
    sync::atomic::{AtomicPtr, Ordering},
};

/// The address of the first variable, as POSIX names it.
#[unsafe(no_mangle)]
static environ: AtomicPtr<*const c_char> = AtomicPtr::new(null_mut());

/// The texts `NAME=VALUE`, and a null pointer.
static VARIABLES: OneCore<RefCell<Vec<*const c_char>>> = OneCore(RefCell::new(Vec::new()));

/// Sets the variables of the attribute, which are texts `NAME=VALUE`. Called once, before the program begins.
pub(crate) fn initialise(variables: &[&'static CStr]) {
    let mut all = VARIABLES.0.borrow_mut();
    all.extend(variables.iter().map(|text| text.as_ptr()));
    all.push(null());
    publish(&mut all);
}

/// Returns the address of the array, which initialisers receive.
pub(super) fn all() -> *const *const c_char {
    environ.load(Ordering::Relaxed)
}

/// Lets the program see a changed array.
fn publish(all: &mut Vec<*const c_char>) {
    environ.store(all.as_mut_ptr(), Ordering::Relaxed);
}

/// Returns the value in a text `NAME=VALUE`, if it has this name.
///
/// # Safety
/// `text` is a string or null.
unsafe fn value(text: *const c_char, name: &[u8]) -> Option<*const c_char> {
    if text.is_null() {
        return None;
    }
    // SAFETY: as the caller states.
    let rest = unsafe { strings::bytes(text) }.strip_prefix(name)?;
    (rest.first() == Some(&b'=')).then(|| text.wrapping_add(name.len() + 1))
}

/// Returns the position of a variable, and its value.
fn find(all: &[*const c_char], name: &[u8]) -> Option<(usize, *const c_char)> {
    all.iter().enumerate().find_map(|(index, &text)| {
        // SAFETY: the array has strings, and a null pointer at its end.
        Some((index, unsafe { value(text, name) }?))
    })
}

/// Sets a variable. Returns an error if the name is invalid or memory is exhausted.
pub(crate) fn set(name: &[u8], value: &[u8], replaces: bool) -> Result<(), c_int> {
    if name.is_empty() || name.contains(&b'=') {
        return Err(::libc::EINVAL);
    }
    let mut all = VARIABLES.0.borrow_mut();
    let found = find(&all, name);
    if found.is_some() && !replaces {
        return Ok(());
    }
    let mut text = Vec::new();
    text.try_reserve_exact(name.len() + value.len() + 2)
        .and_then(|()| all.try_reserve(1))
        .map_err(|_| ::libc::ENOMEM)?;
    text.extend_from_slice(name);
    text.push(b'=');
    text.extend_from_slice(value);
    let text = CString::new(text).map_err(|_| ::libc::EINVAL)?.into_raw();
    match found {
        Some((index, _)) => all[index] = text,
        None => {
            let last = all.len().saturating_sub(1);
            all.insert(last, text);
        }
    }
    publish(&mut all);
    Ok(())
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getenv(name: *const c_char) -> *const c_char {
    // SAFETY: a string, as the caller states.
    let name = unsafe { strings::bytes(name) };
    let found = find(&VARIABLES.0.borrow(), name);
    found.map_or(null(), |(_, value)| value)
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn setenv(name: *const c_char, value: *const c_char, replaces: c_int) -> c_int {
    // SAFETY: strings, as the caller states.
    let (name, value) = unsafe { (strings::bytes(name), strings::bytes(value)) };
    match set(name, value, replaces != 0) {
        Ok(()) => 0,
        Err(errno) => fail(Errno(errno)),
    }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn unsetenv(name: *const c_char) -> c_int {
    // SAFETY: a string, as the caller states.
    let name = unsafe { strings::bytes(name) };
    if name.is_empty() || name.contains(&b'=') {
        return fail(Errno(::libc::EINVAL));
    }
    let mut all = VARIABLES.0.borrow_mut();
    while let Some((index, _)) = find(&all, name) {
        all.remove(index);
    }
    publish(&mut all);
    0
}
