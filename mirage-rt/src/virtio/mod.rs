//! The x86_64 machine with virtio devices: QEMU's q35 and microvm, Firecracker, Cloud Hypervisor.
//!
//! What only computes is compiled for the host's tests too; what touches the machine is not.

mod acpi;
mod calibration;
mod command_line;
mod memory_functions;
mod paging;
mod physical;
mod rtc;
mod start_info;

#[cfg(mirage_target = "virtio")]
mod backtrace;
#[cfg(mirage_target = "virtio")]
mod boot;
#[cfg(mirage_target = "virtio")]
mod clock;
#[cfg(mirage_target = "virtio")]
mod console;
#[cfg(mirage_target = "virtio")]
mod descriptors;
#[cfg(mirage_target = "virtio")]
mod devices;
#[cfg(mirage_target = "virtio")]
mod entropy;
#[cfg(mirage_target = "virtio")]
mod entry;
#[cfg(mirage_target = "virtio")]
mod exceptions;
#[cfg(mirage_target = "virtio")]
mod image;
#[cfg(mirage_target = "virtio")]
mod interrupts;
#[cfg(mirage_target = "virtio")]
mod interval_counter;
#[cfg(mirage_target = "virtio")]
mod io_apic;
#[cfg(mirage_target = "virtio")]
mod kvm_clock;
#[cfg(mirage_target = "virtio")]
mod local_apic;
#[cfg(mirage_target = "virtio")]
mod memory;
#[cfg(mirage_target = "virtio")]
pub(crate) mod net;
#[cfg(mirage_target = "virtio")]
mod one_core;
#[cfg(mirage_target = "virtio")]
mod panic;
#[cfg(mirage_target = "virtio")]
mod pci;
#[cfg(mirage_target = "virtio")]
mod power;
#[cfg(mirage_target = "virtio")]
mod processor;

#[cfg(mirage_target = "virtio")]
pub use self::image::{start, start_with_arguments};
#[cfg(mirage_target = "virtio")]
pub(crate) use self::{
    clock::{now, poll, wait, wall_clock},
    console::write as write_console,
    entropy::entropy,
    image::{Alarm, executor, initialise},
    power::end as exit,
};

#[cfg(mirage_target = "virtio")]
pub(crate) const TARGET: mirage_graph::target::Target = mirage_graph::target::Target::Virtio;
