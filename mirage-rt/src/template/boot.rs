//! From the first Rust instruction to the unikernel.

use super::clock;
use crate::{
    arch::{entry_on_main_stack, layout},
    freestanding::{entry, heap, range::Range},
};

// For a loader that calls the image as a function, in 64-bit mode. `entry_pvh!` is for PVH.
entry_on_main_stack!(start);

/// The end of the memory. Loaders pass it.
const MEMORY_END: u64 = 64 << 20;

/// Counts of the time stamp counter in a second.
const HERTZ: u64 = 1_000_000_000;

/// Called by the entry code, once, on the main stack.
extern "C" fn start(_argument: u64) -> ! {
    // The console and the handlers of exceptions (`arch::descriptors`) come first, where the machine
    // needs them, so that failures are reported. Page tables (`arch::paging`) follow.
    let rest = Range {
        start: layout::image().end,
        end: MEMORY_END,
    };
    // SAFETY: nothing else uses the memory behind the image.
    unsafe { heap::claim(rest) };
    clock::initialise(HERTZ);
    entry::unikernel()
}
