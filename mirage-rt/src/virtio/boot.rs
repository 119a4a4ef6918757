//! From the first Rust instruction to the unikernel.

use super::{clock, console, interrupts, io_apic, local_apic, memory};
use crate::{
    freestanding::{image, time_stamp::time_stamp},
    supervisor::descriptors,
};

/// Called by the entry code, once, on the main stack, with the physical address of the loader's
/// start information.
pub(super) extern "C" fn start(start_info: u64) -> ! {
    let boot = time_stamp();
    console::initialise();
    memory::initialise(start_info).expect("the loader gives no PVH start information");
    descriptors::initialise(interrupts::stubs());
    io_apic::close_legacy_controllers();
    local_apic::initialise();
    clock::initialise(boot);
    image::unikernel()
}
