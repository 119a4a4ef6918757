//! From the first Rust instruction to the unikernel.

use super::{clock, console, descriptors, io_apic, local_apic, memory, processor};

unsafe extern "Rust" {
    /// What the image's `entry!` defines.
    fn __mirage_unikernel() -> !;
}

/// Called by the entry code, once, on the main stack, with the physical address of the loader's
/// start information.
pub(super) extern "C" fn start(start_info: u64) -> ! {
    let boot = processor::time_stamp();
    console::initialise();
    memory::initialise(start_info).expect("the loader gives no PVH start information");
    descriptors::initialise();
    io_apic::close_legacy_controllers();
    local_apic::initialise();
    clock::initialise(boot);
    // SAFETY: defined by `entry!` with this signature; the only one of its name in an image.
    unsafe { __mirage_unikernel() }
}
