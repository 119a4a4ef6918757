//! From the tender to the unikernel.
//!
//! The tender enters as a function would be called, on a stack without a guard page. The processor's
//! state is that of a process of the host.

use super::{boot_info::BootInfo, clock, events};
use crate::{
    arch::entry_on_main_stack,
    freestanding::{entry, heap, range::Range},
    solo5::{guest, guest_memory::LowMemory},
};

unsafe extern "C" {
    static __image_end: u8;
}

entry_on_main_stack!(start);

/// Called by the entry code, once, on the main stack, with the address of the boot information.
extern "C" fn start(boot_info: u64) -> ! {
    let info = BootInfo::read(&LowMemory, boot_info);
    let info = info.expect("the tender gives no boot information of Solo5");
    guest::initialise(info.command_line, info.manifest);
    clock::initialise();
    events::initialise(info.epoll, info.timer);
    let rest = Range {
        start: &raw const __image_end as u64,
        end: info.memory_end,
    };
    // SAFETY: the tender maps this memory for the image alone. The stack that the tender started the image
    // on is not used any more.
    unsafe { heap::claim(rest) };
    entry::unikernel()
}

/// Prepares for thread-local storage. The system call for it is forbidden to an image.
#[cfg(feature = "std")]
pub(crate) fn initialise_thread_pointer() {
    if !crate::arch::thread_pointer::initialise_user() {
        crate::platform::fail(format_args!(
            "the processor has no FSGSBASE, which threads need on this target"
        ));
    }
}

/// Does nothing: the tender maps guard segments of the image.
#[cfg(feature = "std")]
pub(crate) fn protect_page(_address: u64) {}
