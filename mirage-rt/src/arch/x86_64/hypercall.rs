//! A call of the host that makes the virtual machine: an output to a port.

use core::arch::asm;

/// Writes `argument` to `port`.
///
/// # Safety
/// The host may read and write what the argument refers to.
pub(crate) unsafe fn call(port: u16, argument: u32) {
    // SAFETY: memory that the host accesses is the caller's promise.
    unsafe {
        asm!(
            "out dx, eax",
            in("dx") port,
            in("eax") argument,
            options(nostack, preserves_flags),
        );
    }
}
