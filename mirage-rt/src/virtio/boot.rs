//! From the first Rust instruction to the unikernel.

use super::{console, heap};

unsafe extern "Rust" {
    /// What the image's `entry!` defines.
    fn __mirage_unikernel() -> !;
}

/// Called by the entry code, once, on the main stack.
pub(super) extern "C" fn start(start_info: u64) -> ! {
    console::initialise();
    heap::initialise();
    // SAFETY: defined by `entry!` with this signature; the only one of its name in an image.
    unsafe { __mirage_unikernel() }
}
