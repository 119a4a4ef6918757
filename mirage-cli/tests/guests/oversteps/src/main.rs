//! Accesses memory in the way that `--how` selects, which no image may do.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{boxed::Box, format, string::String};
use core::hint::black_box;
use mirage_rt::{Args, println, unikernel};

#[derive(Args)]
struct Arguments {
    /// Which memory is used wrongly
    how: String,
}

/// The instruction `ret`.
const RETURN: u8 = 0xc3;

#[unikernel(args = Arguments, targets("virtio", "hvt", "spt"))]
async fn main(args: Arguments) -> Result<(), String> {
    match args.how.as_str() {
        "overflow-stack" => println!("{}", deep(u64::MAX)),
        "write-code" => write(deep as *mut u8),
        "write-constant" => write("constant".as_ptr().cast_mut()),
        "execute-heap" => execute(Box::leak(Box::new(RETURN))),
        "execute-stack" => execute(black_box(&RETURN.wrapping_add(black_box(0)))),
        "write-null" => write(core::ptr::null_mut()),
        other => return Err(format!("it is not known how to {other}")),
    }
    println!("nothing happened");
    Ok(())
}

#[inline(never)]
fn deep(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    match depth {
        0 => 0,
        _ => deep(depth - 1) + frame[(depth % 64) as usize],
    }
}

fn write(address: *mut u8) {
    // SAFETY: the store never happens: the memory cannot be written, which ends the machine.
    unsafe { core::arch::asm!("mov byte ptr [{address}], 1", address = in(reg) address) };
}

fn execute(code: &u8) {
    // SAFETY: the instruction returns; but the memory cannot be executed, which ends the machine.
    unsafe { core::arch::asm!("call {code}", code = in(reg) code) };
}
