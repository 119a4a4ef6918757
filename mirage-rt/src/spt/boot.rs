//! From the first Rust instruction to the unikernel.

use super::{boot_info::BootInfo, clock, events};
use crate::{
    freestanding::{heap, image, range::Range},
    solo5::{guest_memory::LowMemory, manifest::Manifest},
};
use spin::Once;

static BOOT_INFO: Once<BootInfo<'static>> = Once::new();

unsafe extern "C" {
    static __image_end: u8;
}

/// Called by the entry code, once, on the main stack, with the address of the boot information.
pub(crate) extern "C" fn start(boot_info: u64) -> ! {
    let info = BootInfo::read(&LowMemory, boot_info);
    let info = BOOT_INFO.call_once(|| info.expect("the tender gives no boot information of Solo5"));
    clock::initialise();
    events::initialise(info.epoll, info.timer);
    let rest = Range {
        start: &raw const __image_end as u64,
        end: info.memory_end,
    };
    // SAFETY: the tender maps this memory for the image alone. What is above the stack that it
    // began on is not looked at any more.
    unsafe { heap::claim(rest) };
    image::unikernel()
}

/// The unikernel's command line.
pub(crate) fn command_line() -> &'static [u8] {
    BOOT_INFO.get().map_or(&[], |info| info.command_line)
}

/// The devices that the tender has attached.
pub(crate) fn manifest() -> Manifest<'static> {
    BOOT_INFO
        .get()
        .map_or(Manifest::EMPTY, |info| info.manifest)
}
