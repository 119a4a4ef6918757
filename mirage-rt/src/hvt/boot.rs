//! From the tender to the unikernel.
//!
//! The tender enters in 64-bit mode as a function would be called, on a stack without a guard page,
//! with SSE on. Every address below the end of the memory maps to itself.

use super::{boot_info::BootInfo, clock, memory, ring};
use crate::{
    arch::{descriptors, entry_on_main_stack, time_stamp},
    freestanding::entry,
    solo5::{guest, guest_memory::LowMemory},
};
use core::iter;

entry_on_main_stack!(start);

/// Called by the entry code, once, on the main stack, with the address of the boot information.
extern "C" fn start(boot_info: u64) -> ! {
    let boot = time_stamp::read();
    // First of all, so that every failure is reported.
    descriptors::initialise(iter::empty());
    let info = BootInfo::read(&LowMemory, boot_info);
    let info = info.expect("the tender gives no boot information of Solo5");
    guest::initialise(info.command_line, info.manifest);
    ring::initialise(info.ring);
    memory::initialise(info.memory_end, info.ring);
    clock::initialise(boot, info.hertz);
    entry::unikernel()
}
