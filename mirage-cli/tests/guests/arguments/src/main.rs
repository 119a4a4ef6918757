//! Prints its boot arguments.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{string::String, vec::Vec};
use core::{net::Ipv4Addr, str::FromStr};
use mirage_rt::{Args, println, unikernel};

/// The arguments.
#[derive(Args)]
struct Arguments {
    /// Printed text, which may have "several words"
    #[arg(value = "TEXT")]
    motto: String,
    /// How often
    #[arg(default = "1")]
    times: u8,
    /// The address of a listener
    listener: Vec<Ipv4Addr>,
    colour: Option<Colour>,
    /// Print it in capitals
    loud: bool,
}

/// A type that the tool does not know.
#[derive(Debug)]
enum Colour {
    Red,
}

impl FromStr for Colour {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "red" => Ok(Self::Red),
            _ => Err("there is only red"),
        }
    }
}

#[unikernel(args = Arguments)]
async fn main(args: Arguments) {
    print(&args);
}

fn print(args: &Arguments) {
    for _ in 0..args.times {
        println!("motto: {:?}", args.motto);
    }
    println!("listener: {:?}", args.listener);
    println!("colour: {:?}, loud: {}", args.colour, args.loud);
}
