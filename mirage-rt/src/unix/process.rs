//! The process: its stack and its end.

use alloc::boxed::Box;
use core::fmt;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::{io::Write, panic};

/// The exit status of a panic, as in an image.
pub(super) const PANIC: u8 = 255;

/// Lets the main thread's stack grow to `stack` bytes, and makes panics end the process.
pub(crate) fn initialise(stack: u64) {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        report(panic);
        exit(PANIC);
    }));
    grow_stack(stack);
}

/// Raises the soft limit of the stack to `bytes`, as far as the host allows it.
pub(super) fn grow_stack(bytes: u64) {
    let limit = getrlimit(Resource::Stack);
    if limit.current.is_some_and(|current| current < bytes) {
        let current = Some(limit.maximum.map_or(bytes, |maximum| maximum.min(bytes)));
        if let Err(error) = setrlimit(Resource::Stack, Rlimit { current, ..limit }) {
            log::warn!("the stack does not have the declared size: {error}");
        }
    }
}

/// Ends the process.
pub(crate) fn exit(status: u8) -> ! {
    std::process::exit(i32::from(status))
}

/// Prints an error and ends the process with status 1.
pub(crate) fn fail(error: fmt::Arguments<'_>) -> ! {
    let _ = writeln!(std::io::stderr(), "error: {error}");
    exit(1)
}
