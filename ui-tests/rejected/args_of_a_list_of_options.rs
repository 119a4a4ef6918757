#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::vec::Vec;
use mirage_rt::{Args, unikernel};

#[unikernel(args = Arguments)]
async fn main(args: Arguments) {
    drop(args);
}

#[derive(Args)]
struct Arguments {
    ports: Vec<Option<u16>>,
//~            ^^^^^^^^^^^ MIR078
}
