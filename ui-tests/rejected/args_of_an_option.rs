#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, unikernel};

#[unikernel(args = Option<Arguments>)]
//~                ^^^^^^^^^^^^^^^^^ MIR004
async fn main(args: Option<Arguments>) {
    drop(args);
}

#[derive(Args)]
struct Arguments {
    port: u16,
}
