#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, unikernel};

#[unikernel(args = Arguments)]
async fn main(args: Arguments) {
    drop(args);
}

#[derive(Args)]
#[arg(name = "x")]
//~^^^^^^^^^^^^^^^ MIR001
struct Arguments {
    port: u16,
}
