//! Writes to address 0, which is never mapped.
#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(targets("virtio", "hvt", "spt"))]
async fn main() {
    write_to_null();
}

#[inline(never)]
fn write_to_null() {
    // SAFETY: the store never happens: page 0 is not mapped, and the exception ends the machine.
    unsafe { core::arch::asm!("mov byte ptr [{address}], 1", address = in(reg) 0u64) };
}
