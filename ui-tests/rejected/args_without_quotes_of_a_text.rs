#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, unikernel};

/// The boot arguments.
#[derive(Args)]
struct Opts {
    /// How often
    #[arg(default = "3")]
    count: u16,
}

#[unikernel(args = "Opts")]
//~                ^^^^^^ MIR004
async fn main(_args: Opts) {}
