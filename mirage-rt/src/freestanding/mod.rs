//! What every image has in common, whatever it boots on.
//!
//! Modules that only compute are also compiled for tests on the host.

pub(crate) mod lines;
pub(crate) mod physical;
pub(crate) mod range;
pub(crate) mod reseeding;
#[cfg(any(all(mirage_target, feature = "std"), test))]
pub(crate) mod small_blocks;
pub(crate) mod time_scale;

#[cfg(mirage_target)]
mod arguments;
#[cfg(mirage_target)]
pub(crate) mod backtrace;
#[cfg(all(mirage_target, feature = "critical-section"))]
mod critical_section;
#[cfg(mirage_target)]
pub(crate) mod entry;
#[cfg(mirage_target)]
pub(crate) mod heap;
#[cfg(mirage_target)]
pub(crate) mod net;
#[cfg(mirage_target)]
pub mod no_main;
#[cfg(mirage_target)]
pub(crate) mod one_core;
#[cfg(mirage_target)]
pub(crate) mod report;
#[cfg(mirage_target)]
mod scope;
#[cfg(mirage_target)]
pub mod stack;
#[cfg(mirage_target)]
mod unwind;

/// What every image provides to the runtime in the same way.
#[cfg(mirage_target)]
pub(crate) mod platform {
    pub(crate) use super::{
        arguments::{read_arguments, refuse_arguments},
        one_core::{Unparker, thread_local},
        report::fail,
        scope::{adopt, shutdown_request},
        stack::initialise,
    };
}
