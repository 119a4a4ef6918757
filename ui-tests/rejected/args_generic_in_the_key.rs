#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, unikernel};

#[unikernel(args = Arguments<u16>)]
async fn main(args: Arguments<u16>) {
    drop(args.port);
}

#[derive(Args)]
struct Arguments<T: core::str::FromStr> {
//~              ^^^^^^^^^^^^^^^^^^^^^ MIR071
    port: T,
}
