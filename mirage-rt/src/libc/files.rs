//! The files of an image: their descriptors, and what waits for locks.
//!
//! The functions themselves are in `files.rs` of the runtime, which uses what is here.

mod aliases;
mod description;
mod flock;

pub(crate) use self::description::{add, check, status, with_file};
use super::random::getrandom;
pub(crate) use super::{
    clock::wall_clock,
    descriptors::remove,
    errno::{Errno, fail, returned, returned_size},
};
use crate::console::Console;
pub(crate) use crate::files::mount;
pub(crate) use crate::{freestanding::one_core::OneCore as OneAtATime, thread::yield_if_due};
use core::fmt::{self, Write};

/// Writes a message on the console.
pub(crate) fn report(message: fmt::Arguments<'_>) {
    let _ = Console.write_fmt(message);
}

pub(crate) fn fill_random(buffer: &mut [u8]) {
    // SAFETY: a buffer of this length.
    unsafe { getrandom(buffer.as_mut_ptr(), buffer.len(), 0) };
}
