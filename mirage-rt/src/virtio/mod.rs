//! The x86_64 machine with virtio devices: QEMU's q35 and microvm, Firecracker, Cloud Hypervisor.
//!
//! Modules that only compute are also compiled for tests on the host.

mod acpi;
mod calibration;
mod command_line;
mod keyboard;
mod little_endian;
mod mac_address;
mod rtc;
mod start_info;
mod wall_clock;

#[cfg(mirage_target)]
pub(crate) mod block;
#[cfg(mirage_target)]
mod boot;
#[cfg(mirage_target)]
mod clock;
#[cfg(mirage_target)]
mod console;
#[cfg(mirage_target)]
mod devices;
#[cfg(mirage_target)]
mod entropy;
#[cfg(mirage_target)]
mod interrupts;
#[cfg(mirage_target)]
mod interval_counter;
#[cfg(mirage_target)]
mod io_apic;
#[cfg(mirage_target)]
mod memory;
#[cfg(mirage_target)]
pub(crate) mod net;
#[cfg(mirage_target)]
mod pci;
#[cfg(mirage_target)]
mod power;
#[cfg(mirage_target)]
mod power_button;

#[cfg(all(mirage_target, feature = "std"))]
pub(crate) use self::memory::protect_page;
#[cfg(mirage_target)]
pub(crate) use self::{
    clock::{now, poll, wait, wall_clock},
    command_line::{boot_arguments, has_arguments},
    console::{force_unlock as force_unlock_console, write as write_console},
    entropy::random,
    power::end as exit,
    power_button::shutdown_requested,
};
#[cfg(all(mirage_target, feature = "std"))]
pub(crate) use crate::arch::thread_pointer::initialise_supervisor as initialise_thread_pointer;
#[cfg(mirage_target)]
pub(crate) use crate::freestanding::platform::*;

/// Defines no notes: this target needs none beside that of the entry.
#[cfg(mirage_target)]
#[doc(hidden)]
#[macro_export]
macro_rules! __notes {
    ($image:path) => {};
}

#[cfg(mirage_target)]
pub(crate) const TARGET: mirage_graph::target::Target = mirage_graph::target::Target::Virtio;
