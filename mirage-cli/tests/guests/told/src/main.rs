//! Says what it was told.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{string::String, vec::Vec};
use core::{net::Ipv4Addr, str::FromStr};
use mirage_rt::{Args, println, unikernel};

/// What it is told.
#[derive(Args)]
struct Told {
    /// What is said, which may have "several words"
    #[arg(value = "TEXT")]
    motto: String,
    /// How often
    #[arg(default = "1")]
    times: u8,
    /// Who hears it
    listener: Vec<Ipv4Addr>,
    colour: Option<Colour>,
    /// Say it in capitals
    loud: bool,
}

/// What no tool knows.
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

#[unikernel(args = Told)]
async fn main(args: Told) {
    say(&args);
}

fn say(told: &Told) {
    for _ in 0..told.times {
        println!("motto: {:?}", told.motto);
    }
    println!("listener: {:?}", told.listener);
    println!("colour: {:?}, loud: {}", told.colour, told.loud);
}
