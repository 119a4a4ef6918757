//! The arguments of the process: those of the runtime, and after `--` those of the program.

use super::super::{arguments, process as host};
use crate::{arguments::refuse, process::Process};
use alloc::vec::Vec;
use core::ffi::CStr;
use mirage_graph::argument::{
    Argument, ParsedArgs,
    standard::{ENV, SEPARATOR, Variable},
};
use std::env;

/// Parses the arguments before the separator, sets the environment, and leaves the arguments after the separator to
/// [`env::args`]. Ends the process after `--help` and after an error.
pub(super) fn take(
    name: &str,
    process: &Process,
    lists: &[&[Argument<&'static str>]],
) -> ParsedArgs<'static> {
    let of_runtime = || env::args_os().skip(1).take_while(|arg| arg != SEPARATOR);
    let count = of_runtime().count();
    let parsed = arguments::read_from(name, of_runtime(), lists);
    if arguments::current().has_nets() {
        host::fail(format_args!(
            "`--net`: on the host, a program with std uses the host's own network"
        ));
    }
    match parsed.list(ENV) {
        Ok(variables) => set_environment(process.environment, variables),
        Err(error) => refuse(&error),
    }
    vector::remove(count);
    parsed
}

/// Sets the environment variables of the image that the host does not set, and those that are given. Removes the host's
/// directory for temporary files, which does not exist: that of the program is `/tmp`.
fn set_environment(of_image: &[&CStr], given: Vec<Variable>) {
    let set = |name: &str, value: &str| {
        // SAFETY: called at the start of the process, before the program and its threads run.
        unsafe { env::set_var(name, value) }
    };
    // SAFETY: as above.
    unsafe { env::remove_var("TMPDIR") };
    let of_image = of_image
        .iter()
        .filter_map(|text| text.to_str().ok()?.split_once('='));
    for (name, value) in of_image {
        if env::var_os(name).is_none() {
            set(name, value);
        }
    }
    for Variable { name, value } in given {
        set(&name, &value);
    }
}

/// The arguments that the host passes, of which the standard library reads those up to a null.
#[cfg(target_env = "gnu")]
mod vector {
    use core::{
        ffi::{c_char, c_int},
        ptr,
        sync::atomic::{AtomicI32, AtomicPtr, Ordering::Relaxed},
    };

    static COUNT: AtomicI32 = AtomicI32::new(0);
    static ARGUMENTS: AtomicPtr<*const c_char> = AtomicPtr::new(ptr::null_mut());

    /// GNU's C library passes the arguments to functions in this section.
    #[used]
    #[unsafe(link_section = ".init_array")]
    static INITIALISE: extern "C" fn(c_int, *mut *const c_char, *const *const c_char) = {
        extern "C" fn initialise(
            count: c_int,
            arguments: *mut *const c_char,
            _environment: *const *const c_char,
        ) {
            COUNT.store(count, Relaxed);
            ARGUMENTS.store(arguments, Relaxed);
        }
        initialise
    };

    /// Removes the `count` arguments after the program's name, and the separator after them. Called once, when no
    /// other thread runs.
    pub(super) fn remove(count: usize) {
        let arguments = ARGUMENTS.load(Relaxed);
        let length = usize::try_from(COUNT.load(Relaxed)).unwrap_or(0);
        if arguments.is_null() || length == 0 {
            return;
        }
        // SAFETY: the host passes `length` arguments and a null, which the process may change (C11, 5.1.2.2.1). No
        // other thread reads them now.
        let arguments = unsafe { core::slice::from_raw_parts_mut(arguments, length) };
        let removed = (count + 1).min(length - 1);
        arguments.copy_within(1 + removed.., 1);
        arguments[length - removed..].fill(ptr::null());
    }
}

/// Other C libraries do not pass the arguments: the program sees those of the runtime, too.
#[cfg(not(target_env = "gnu"))]
mod vector {
    pub(super) fn remove(_count: usize) {}
}
