//! The sandboxed process: a guest of the Solo5 tender `solo5-spt`.
//!
//! Modules that only compute are also compiled for tests on the host.

mod boot_info;
mod interpolation;

#[cfg(mirage_target)]
pub(crate) mod block;
#[cfg(mirage_target)]
mod boot;
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

#[cfg(all(mirage_target, feature = "std"))]
pub(crate) use self::boot::{initialise_thread_pointer, protect_page};
#[cfg(mirage_target)]
pub(crate) use self::{
    clock::{now, wall_clock},
    console::write as write_console,
    events::{poll, wait},
    system_call::exit,
};
#[cfg(mirage_target)]
pub(crate) use crate::{freestanding::platform::*, solo5::platform::*};

#[cfg(mirage_target)]
pub(crate) const TARGET: mirage_graph::target::Target = mirage_graph::target::Target::Spt;
