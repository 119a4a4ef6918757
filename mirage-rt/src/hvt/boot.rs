//! From the first Rust instruction to the unikernel.

use super::{boot_info::BootInfo, clock, memory};
use crate::{
    arch::{descriptors, time_stamp},
    freestanding::image,
    solo5::{guest_memory::LowMemory, manifest::Manifest},
};
use core::iter;
use spin::Once;

static BOOT_INFO: Once<BootInfo<'static>> = Once::new();

/// Called by the entry code, once, on the main stack, with the address of the boot information.
pub(crate) extern "C" fn start(boot_info: u64) -> ! {
    let boot = time_stamp::read();
    // First of all, so that every failure is reported.
    descriptors::initialise(iter::empty());
    let info = BootInfo::read(&LowMemory, boot_info);
    let info = BOOT_INFO.call_once(|| info.expect("the tender gives no boot information of Solo5"));
    memory::initialise(info.memory_end, info.ring);
    clock::initialise(boot, info.hertz);
    image::unikernel()
}

/// The unikernel's command line.
pub(crate) fn command_line() -> &'static [u8] {
    BOOT_INFO.get().map_or(&[], |info| info.command_line)
}

/// Where the ring is, if the tender has one.
pub(super) fn ring() -> Option<u64> {
    let ring = BOOT_INFO.get()?.ring?;
    Some(ring.start)
}

/// The devices that the tender has attached.
pub(crate) fn manifest() -> Manifest<'static> {
    BOOT_INFO
        .get()
        .map_or(Manifest::EMPTY, |info| info.manifest)
}
