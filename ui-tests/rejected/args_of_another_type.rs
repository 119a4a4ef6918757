#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, unikernel};

/// What it may be told.
#[derive(Args)]
struct Told {
    /// How often
    #[arg(default = "3")]
    count: u16,
}

#[unikernel(args = Told)]
async fn main(_args: u16) {}
//~                  ^^^ E0308
