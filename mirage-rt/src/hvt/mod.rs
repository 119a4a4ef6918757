//! The virtual machine of a Solo5 tender, `solo5-hvt`: no devices, no interrupts, hypercalls instead.
//!
//! What only computes is compiled for the host's tests too; what touches the machine is not.

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

#[cfg(mirage_target)]
pub(crate) use self::{
    clock::{now, wall_clock},
    console::write as write_console,
    events::{poll, wait},
    hypercall::halt as exit,
};
#[cfg(mirage_target)]
pub(crate) use crate::{freestanding::platform::*, solo5::platform::*};

#[cfg(mirage_target)]
pub(crate) const TARGET: mirage_graph::target::Target = mirage_graph::target::Target::Hvt;
