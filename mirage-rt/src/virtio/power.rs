//! The end of the machine, and the status that the host sees.

use core::arch::asm;
use x86_64::instructions::port::Port;

/// QEMU's `isa-debug-exit`, as `cargo mirage` attaches it: QEMU ends with `value << 1 | 1`.
const DEBUG_EXIT: u16 = 0xf4;

/// Ends the machine: 0 powers it off, every other status ends QEMU with that status where it has
/// the debug exit, and resets the machine elsewhere.
pub(crate) fn end(status: u8) -> ! {
    if status == 0 {
    } else {
        // SAFETY: on a machine without the device nobody listens to this port.
        unsafe { Port::new(DEBUG_EXIT).write(u32::from(status >> 1)) };
    }
    triple_fault()
}

/// Resets the processor: an exception with no descriptor table to handle it.
fn triple_fault() -> ! {
    let nothing = [0u8; 10];
    loop {
        // SAFETY: the machine ends here; an empty table makes the next exception a reset.
        unsafe { asm!("lidt [{}]", "ud2", in(reg) &nothing) };
    }
}
