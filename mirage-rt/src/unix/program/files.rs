//! The files of the graph, in place of the host's.
//!
//! Symbols of the executable come before those of the C library for the standard library and all crates. The
//! functions here have the names of those of GNU's C library that open, read and change files. Until a program with
//! std has begun, in tests, and in programs without std, they call the host. From then on,
//!
//! - a path denotes what is mounted. The exception is the executable, which can be read because the standard library
//!   finds the symbols of a backtrace in it;
//! - a descriptor of a mounted file has a number that the kernel has reserved, by `/dev/null`. All other descriptors
//!   are the host's, such as sockets and those of the runtime.
//!
//! What does not call these functions sees the host's files: a crate that makes system calls itself, and C code that
//! uses streams (`FILE`).
//!
//! | file | functions |
//! |---|---|
//! | `absent.rs` | what mounted files do not have |
//! | `copies.rs` | copies in the kernel |
//! | `descriptors.rs` | functions on a descriptor |
//! | `directories.rs` | listing directories |
//! | `duplicates.rs` | closing and duplicating descriptors |
//! | `flock.rs` | locks |
//! | `opening.rs` | opening files, and the executable |
//! | `paths.rs` | functions on a path |
//! | `transfer.rs` | reading and writing |

mod absent;
mod copies;
mod descriptors;
mod directories;
mod duplicates;
mod flock;
pub(super) mod functions;
mod mount;
mod one_at_a_time;
mod opening;
mod paths;
mod table;
mod transfer;

pub(super) use self::functions::{call_library, is_confined};
pub(crate) use self::{
    mount::mount,
    one_at_a_time::{OneAtATime, locked},
    opening::confine,
    table::{add, check, remove, status, with_file},
};
pub(crate) use super::errno::{Errno, fail, returned, returned_size};
use crate::platform;
use alloc::string::ToString;
use core::{fmt, time::Duration};
use rustix::rand::{GetRandomFlags, getrandom};

/// Writes a message to standard error, by the system call: a thread may have locked the stream.
pub(crate) fn report(message: fmt::Arguments<'_>) {
    let message = message.to_string();
    // There is nobody to report an error to.
    let _ = rustix::io::write(std::io::stderr(), message.as_bytes());
}

/// Threads are the host's, which suspends them.
pub(crate) const fn yield_if_due() {}

/// Returns the time since the epoch.
pub(crate) fn wall_clock() -> Duration {
    platform::wall_clock().unwrap_or_default()
}

pub(crate) fn fill_random(buffer: &mut [u8]) {
    let mut filled = 0;
    while filled < buffer.len() {
        // The only error is an interruption: the generator of the host is initialised before programs run.
        filled += getrandom(&mut buffer[filled..], GetRandomFlags::empty()).unwrap_or(0);
    }
}

#[cfg(test)]
mod tests;
