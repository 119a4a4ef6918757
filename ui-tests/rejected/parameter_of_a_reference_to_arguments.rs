#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, unikernel};

#[unikernel(args = Arguments)]
async fn main(args: &Arguments) {
//~                 ^^^^^^^^^^ MIR069
    let _ = args.port;
}

#[derive(Args)]
struct Arguments {
    port: u16,
}
