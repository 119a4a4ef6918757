//! The firmware of the machine, which runs the guest.

use std::{arch::global_asm, slice};

global_asm!(include_str!("firmware.s"), options(att_syntax, raw));

unsafe extern "C" {
    static hvt_firmware_start: u8;
    static hvt_firmware_end: u8;
}

/// Length of the firmware's memory in QEMU, and the offsets of our code and of the reset vector in it.
const LENGTH: usize = 64 << 10;
const CODE: usize = 0xff00;
const RESET: usize = 0xfff0;

/// The address at which the firmware reads the address of the control block.
pub const CONTROL_BLOCK: u64 = 0x9000;

/// The contents of the read-only memory that ends at 1 MiB, and at 4 GiB.
pub fn contents() -> Vec<u8> {
    let start = &raw const hvt_firmware_start;
    let end = &raw const hvt_firmware_end;
    // SAFETY: the two symbols are the start and the end of one constant.
    let code = unsafe { slice::from_raw_parts(start, end.offset_from_unsigned(start)) };
    assert!(CODE + code.len() <= RESET, "it is too long");
    let mut contents = vec![0; LENGTH];
    contents[CODE..CODE + code.len()].copy_from_slice(code);
    // A jump, relative to the next instruction.
    let distance = (CODE as i16).wrapping_sub((RESET + 3) as i16);
    contents[RESET] = 0xe9;
    contents[RESET + 1..RESET + 3].copy_from_slice(&distance.to_le_bytes());
    contents
}
