#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, unikernel};

/// The boot arguments.
#[derive(Args)]
struct Arguments {
    /// How often
    #[arg(default = "1")]
    times: u8,
}

macro_rules! define {
    ($args:ident) => {
        #[unikernel(args = $args)]
        async fn main(args: $args) {
            for _ in 0..args.times {
                mirage_rt::log::info!("hello");
            }
        }
    };
}

define!(Arguments);
