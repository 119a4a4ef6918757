//! The sandboxed process: a guest of the Solo5 tender `solo5-spt`.
//!
//! What only computes is compiled for the host's tests too; what calls the host is not.

mod boot_info;
mod interpolation;

#[cfg(mirage_target)]
pub(crate) mod block;
#[cfg(mirage_target)]
pub(crate) mod boot;
#[cfg(mirage_target)]
mod clock;
#[cfg(mirage_target)]
mod console;
#[cfg(mirage_target)]
mod events;
#[cfg(mirage_target)]
pub(crate) mod net;
#[cfg(mirage_target)]
mod system_call;

#[cfg(mirage_target)]
pub use crate::freestanding::image::{start, start_with_arguments};

#[cfg(mirage_target)]
pub(crate) use self::{
    boot::{command_line, manifest},
    clock::{now, wall_clock},
    console::{force_unlock as force_unlock_console, write as write_console},
    events::{poll, wait},
    system_call::exit,
};
#[cfg(mirage_target)]
pub(crate) use crate::{
    freestanding::image::{Unparker, adopt, executor, initialise, shutdown_request},
    solo5::{
        arguments::{boot_arguments, has_arguments},
        entropy::entropy,
    },
};
#[cfg(mirage_target)]
pub(crate) use core::future::pending as shutdown_requested;

#[cfg(mirage_target)]
pub(crate) const TARGET: mirage_graph::target::Target = mirage_graph::target::Target::Spt;
