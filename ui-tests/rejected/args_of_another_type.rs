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

#[unikernel(args = Opts)]
async fn main(_args: u16) {}
//~                  ^^^ E0308
