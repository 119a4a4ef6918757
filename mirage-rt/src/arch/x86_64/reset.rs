//! Reset of the processor.

use core::arch::asm;

/// Resets the processor by a triple fault: an exception while the table of handlers is empty.
pub(crate) fn reset() -> ! {
    let no_table = [0_u8; 10];
    // SAFETY: the machine ends here.
    unsafe { asm!("lidt [{}]", "ud2", in(reg) &no_table, options(noreturn)) }
}
