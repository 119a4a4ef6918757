//! What the targets `hvt` and `spt` have in common: both are guests of a Solo5 tender, which attaches
//! the devices that the image's manifest names.

pub(crate) mod guest_memory;
pub(crate) mod manifest;
#[cfg(mirage_target)]
pub mod notes;
pub(crate) mod pace;

#[cfg(mirage_target)]
mod arguments;
#[cfg(mirage_target)]
pub(crate) mod block;
#[cfg(mirage_target)]
mod console;
#[cfg(mirage_target)]
mod entropy;
#[cfg(mirage_target)]
pub(crate) mod guest;
#[cfg(mirage_target)]
pub(crate) mod interface;
#[cfg(mirage_target)]
pub(crate) mod readiness;

/// What both targets provide to the runtime in the same way.
#[cfg(mirage_target)]
pub(crate) mod platform {
    pub(crate) use super::{
        arguments::{boot_arguments, has_arguments},
        console::force_unlock_console,
        entropy::random,
    };
    pub(crate) use core::future::pending as shutdown_requested;
}
