#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, unikernel};

#[unikernel(args = Arguments)]
async fn main(args: Arguments) {
    drop(args);
}

#[derive(Args)]
struct Arguments {
    #[arg(default_value = "80")]
//~       ^^^^^^^^^^^^^ MIR076
    port: u16,
}
