//! A target to copy from. It has no devices and is never linked; tests compile it.
//!
//! To add a target:
//!
//! 1. Copy this directory. The names in `mod.rs` are those of `platform.rs`, which describes them.
//! 2. Declare it in `lib.rs` and select it in `platform.rs`, by `mirage_target`.
//! 3. Add a row to the tables in `mirage-graph/src/target.rs`: its machine, drivers and limits.
//! 4. Add the linker scripts `image.ld` and `std.ld`; those of `spt` are the simplest ones.
//! 5. Add what the tool needs: flags to `mirage-cli/src/compile/flags.rs`, and a module beside
//!    `mirage-cli/src/run/machine.rs` that boots an image.
//! 6. Add it to every `match` where the compiler then reports that it is missing, and, where no compiler
//!    does, to `check-cfg` in `Cargo.toml`, the loop in `.ci/run` and `source-tests/src/cfg.rs`.
//!
//! What only computes should be compiled for the host's tests as well, as in `virtio/`.

pub(crate) mod block;
mod boot;
mod clock;
mod console;
mod events;
pub(crate) mod net;
mod power;

pub(crate) use self::{
    clock::{now, wall_clock},
    console::{force_unlock_console, write_console},
    events::{poll, wait},
    power::exit,
};
/// The thread pointer, for programs with std. (`initialise_user` is for a process of the host.)
#[cfg(feature = "std")]
pub(crate) use crate::arch::thread_pointer::initialise_supervisor as initialise_thread_pointer;
/// What every image has in common.
pub(crate) use crate::freestanding::platform::*;
/// A machine whose host can request shutdown completes this future then.
pub(crate) use core::future::pending as shutdown_requested;

use crate::{device::StartError, random::Random};
use alloc::{string::String, vec::Vec};
use mirage_graph::{argument::ArgumentError, target::Target};

/// The row of this target. A new target has its own.
pub(crate) const TARGET: Target = Target::Virtio;

/// Returns whether the command line has arguments. `mirage_graph::argument::names_program` recognises the name
/// of the unikernel `name`, which may be the first word.
pub(crate) fn has_arguments(_name: &str) -> bool {
    false
}

/// Returns the arguments of the command line. `mirage_graph::argument::command_line::split` splits a
/// line.
pub(crate) fn boot_arguments() -> Result<Vec<String>, ArgumentError> {
    Ok(Vec::new())
}

/// Makes accesses to a page fault. Page tables can do so, as in `virtio/memory.rs`.
#[cfg(feature = "std")]
pub(crate) fn protect_page(_address: u64) {}

/// Returns a generator that the machine's entropy seeds. `arch::random` has the processor's.
pub(crate) fn random() -> Result<Random, StartError> {
    Err(StartError::new("the machine has no source of entropy"))
}

/// Defines the notes by which the loader of this target recognises an image.
#[doc(hidden)]
#[macro_export]
macro_rules! __notes {
    ($image:path) => {};
}
