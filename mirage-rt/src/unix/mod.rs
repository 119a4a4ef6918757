//! The host: the unikernel as a process, for development and tests.
//!
//! Every driver has a stand-in here. The network is the host's own sockets, or, with
//! `--net tap=NAME`, the unikernel's own stack on a TAP device.

mod arguments;
pub(crate) mod block;
mod clock;
mod console;
#[cfg(feature = "std")]
pub(crate) mod device_thread;
mod entropy;
mod entry;
mod events;
mod hardware;
pub(crate) mod net;
pub mod no_main;
mod process;
#[cfg(feature = "std")]
pub mod program;
mod reactor;
mod scope;
mod signals;
pub mod test;
mod unparker;
mod virtual_time;

pub(crate) use self::{
    arguments::{read as read_arguments, refuse as refuse_arguments},
    clock::{now, wall_clock},
    console::write as write_console,
    entropy::random,
    events::{poll, wait},
    process::{exit, fail, initialise},
    scope::{adopt, shutdown_request},
    signals::shutdown_requested,
    unparker::Unparker,
};
use mirage_graph::target::Target;
pub(crate) use std::thread_local;

pub(crate) const TARGET: Target = Target::Unix;
