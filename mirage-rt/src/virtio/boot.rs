//! From the first Rust instruction to the unikernel.

use super::{clock, console, io_apic, memory};
use crate::{
    arch::{descriptors, entry_pvh, interrupts, local_apic, time_stamp},
    freestanding::entry,
};

entry_pvh!(start);

/// Called by the entry code, once, on the main stack, with the physical address of the loader's
/// start information.
extern "C" fn start(start_info: u64) -> ! {
    let boot = time_stamp::read();
    console::initialise();
    memory::initialise(start_info).expect("the loader gives no PVH start information");
    descriptors::initialise(interrupts::handlers());
    io_apic::mask_legacy_controllers();
    // The address is not memory and is valid, so mapping it always succeeds.
    let _ = memory::map_registers(local_apic::BASE.into(), local_apic::LENGTH);
    // SAFETY: just mapped.
    unsafe { local_apic::initialise() };
    clock::initialise(boot);
    entry::unikernel()
}
