#![no_std]
#![cfg_attr(not(test), no_main)]
#![forbid(unused)]
#![deny(warnings)]

use mirage_rt::{Args, unikernel};

#[derive(Args)]
struct Arguments {
    verbose: bool,
}

#[unikernel(args = Arguments)]
#[deprecated]
#[forbid(unused)]
async fn main(args: Arguments) {
    assert!(!args.verbose);
}
