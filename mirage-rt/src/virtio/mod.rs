//! The x86_64 machine with virtio devices: QEMU's q35 and microvm, Firecracker, Cloud Hypervisor.
//!
//! What only computes is compiled for the host's tests too; what touches the machine is not.

#[cfg(mirage_target = "virtio")]
mod backtrace;
#[cfg(mirage_target = "virtio")]
mod boot;
#[cfg(mirage_target = "virtio")]
mod console;
#[cfg(mirage_target = "virtio")]
mod entry;
#[cfg(mirage_target = "virtio")]
mod heap;
mod memory_functions;
#[cfg(mirage_target = "virtio")]
mod panic;
#[cfg(mirage_target = "virtio")]
mod power;

#[cfg(mirage_target = "virtio")]
pub(crate) use self::{console::write as write_console, power::end as exit};
