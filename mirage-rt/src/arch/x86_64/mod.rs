//! x86_64.
//!
//! Modules that only compute are also compiled for tests on the host.

mod memory_functions;
pub(crate) mod paging;
pub(crate) mod time_stamp;

#[cfg(any(all(mirage_target, feature = "std"), test))]
pub(crate) mod context;
#[cfg(mirage_target)]
pub(crate) mod cpuid;
#[cfg(mirage_target)]
pub(crate) mod descriptors;
#[cfg(mirage_target)]
mod entry;
#[cfg(mirage_target)]
mod exceptions;
#[cfg(mirage_target)]
pub(crate) mod frame_pointer;
#[cfg(mirage_target)]
pub(crate) mod hypercall;
#[cfg(mirage_target)]
pub(crate) mod hypervisor;
#[cfg(mirage_target)]
pub(crate) mod interrupts;
#[cfg(mirage_target)]
pub(crate) mod kvm_clock;
#[cfg(mirage_target)]
pub(crate) mod local_apic;
#[cfg(mirage_target)]
pub(crate) mod pvh;
#[cfg(mirage_target)]
pub(crate) mod random;
#[cfg(mirage_target)]
pub(crate) mod reset;
#[cfg(mirage_target)]
pub(crate) mod system_call;
#[cfg(all(mirage_target, feature = "std"))]
pub(crate) mod thread_pointer;

/// This architecture.
pub(crate) const ARCH: mirage_graph::target::Arch = mirage_graph::target::Arch::X86_64;

#[cfg(mirage_target)]
pub(crate) use self::{entry::entry_on_main_stack, pvh::entry_pvh};
#[cfg(mirage_target)]
pub(crate) use x86_64::instructions::port::Port;
