//! The virtual machine of the Solo5 tender `solo5-hvt`, with hypercalls instead of devices and
//! interrupts.
//!
//! Modules that only compute are also compiled for tests on the host.

mod boot_info;

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
mod hypercall;
#[cfg(mirage_target)]
mod memory;
#[cfg(mirage_target)]
pub(crate) mod net;
#[cfg(mirage_target)]
mod ring;

#[cfg(all(mirage_target, feature = "std"))]
pub(crate) use self::memory::protect_page;
#[cfg(mirage_target)]
pub(crate) use self::{
    clock::{now, wall_clock},
    console::write as write_console,
    events::{poll, wait},
    hypercall::halt as exit,
};
#[cfg(all(mirage_target, feature = "std"))]
pub(crate) use crate::arch::thread_pointer::initialise_supervisor as initialise_thread_pointer;
#[cfg(mirage_target)]
pub(crate) use crate::{freestanding::platform::*, solo5::platform::*};

#[cfg(mirage_target)]
pub(crate) const TARGET: mirage_graph::target::Target = mirage_graph::target::Target::Hvt;
