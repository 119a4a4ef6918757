#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, unikernel};

#[unikernel(args = Arguments)]
async fn main(args: Arguments) {
    drop(args);
}

#[derive(Args)]
struct Arguments {
    host: &'static str,
//~       ^^^^^^^^^^^^ MIR078
}
