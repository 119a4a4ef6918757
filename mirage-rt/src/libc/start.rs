//! The start of the process.

use super::{descriptors, environment, process::exit, signal};
use crate::{platform, thread};
use alloc::boxed::Box;
use core::{
    ffi::{c_char, c_int},
    slice,
};

unsafe extern "C" {
    /// The program's entry, which rustc generates.
    #[link_name = "main"]
    fn c_main(count: c_int, arguments: *const *const c_char) -> c_int;
    static __init_array_start: [Initialiser; 0];
    static __init_array_end: [Initialiser; 0];
}

/// A function that runs before `main`, and gets its arguments (as GNU's C library passes them).
type Initialiser = extern "C" fn(c_int, *const *const c_char, *const *const c_char);

/// Runs the program on the main thread. Called once. `arguments` ends with null.
pub(crate) fn start(arguments: &'static [*const c_char]) {
    descriptors::initialise();
    signal::initialise();
    let count = arguments.len() as c_int - 1;
    let run = move || {
        std::panic::set_hook(Box::new(report_panic));
        let first = &raw const __init_array_start as *const Initialiser;
        let end = &raw const __init_array_end as *const Initialiser;
        // SAFETY: the linker script makes it an array of functions of this type.
        let initialisers = unsafe { slice::from_raw_parts(first, end.offset_from_unsigned(first)) };
        for initialiser in initialisers {
            initialiser(count, arguments.as_ptr(), environment::all());
        }
        // SAFETY: the arguments are strings, and end with null.
        let status = unsafe { c_main(count, arguments.as_ptr()) };
        exit(status);
    };
    if thread::spawn(true, run).is_err() {
        platform::fail(format_args!("there is no memory for the main thread"));
    }
}

/// Prints a panic as the standard library does, but does not advise to set `RUST_BACKTRACE`: the backtrace follows
/// in any case.
fn report_panic(info: &std::panic::PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("<unnamed>");
    std::eprintln!("\nthread '{name}' {info}");
}
