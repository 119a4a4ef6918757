#![no_std]
#![cfg_attr(not(test), no_main)]
// This is a warning; warnings are denied here.
#![deny(warnings)]

use mirage_rt::{Args, unikernel};

/// The boot arguments.
#[derive(Args)]
struct Opts {
    /// How often
    #[arg(name = "count", default = "3")]
    _count: u16,
}

#[unikernel(args = Opts)]
//~         ^^^^ MIR012
async fn main() {}
