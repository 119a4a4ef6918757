//! The frame pointer.

use core::arch::asm;

/// Returns the caller's frame pointer: the address of the frame pointer before it, which the return
/// address follows.
#[inline(always)]
pub(crate) fn frame_pointer() -> u64 {
    let frame: u64;
    // SAFETY: reads one register.
    unsafe { asm!("mov {}, rbp", out(reg) frame, options(nomem, nostack, preserves_flags)) };
    frame
}
