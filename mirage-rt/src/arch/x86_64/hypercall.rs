//! A hypercall: a write to a port.

use core::arch::asm;

/// Writes `argument` to `port`.
///
/// # Safety
/// The host may read and write the memory that the argument refers to.
pub(crate) unsafe fn call(port: u16, argument: u32) {
    // SAFETY: the caller guarantees the memory that the host accesses.
    unsafe {
        asm!(
            "out dx, eax",
            in("dx") port,
            in("eax") argument,
            options(nostack, preserves_flags),
        );
    }
}
