//! Asks the kernel something that a guest must not ask.
#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{console::Console, unikernel};

#[unikernel(targets("spt"))]
async fn main(mut console: Console) {
    console.write_all(b"it calls the kernel\n");
    call();
}

#[inline(never)]
fn call() {
    const GETPID: u64 = 39;
    // SAFETY: the call returns nothing here: the filter ends the guest.
    unsafe {
        core::arch::asm!(
            "syscall",
            inout("rax") GETPID => _,
            out("rcx") _,
            out("r11") _,
        );
    }
}
