//! Reset of the processor.

use core::arch::asm;

/// Resets the processor by a triple fault: an exception without a table to find its handler in.
pub(crate) fn reset() -> ! {
    let no_table = [0_u8; 10];
    // SAFETY: the machine ends here.
    unsafe { asm!("lidt [{}]", "ud2", in(reg) &no_table, options(noreturn)) }
}
