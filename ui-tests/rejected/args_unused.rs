#![no_std]
#![cfg_attr(not(test), no_main)]
// It is a warning; here warnings are errors.
#![deny(warnings)]

use mirage_rt::{Args, unikernel};

/// What it may be told.
#[derive(Args)]
struct Told {
    /// How often
    #[arg(name = "count", default = "3")]
    _count: u16,
}

#[unikernel(args = Told)]
//~         ^^^^ MIR012
async fn main() {}
