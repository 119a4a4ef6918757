//! Says what it was told. What the attribute writes is written by hand.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{string::String, vec::Vec};
use core::{net::Ipv4Addr, str::FromStr};
use mirage_rt::{
    Args,
    arguments::{Args as _, Argument, Given},
    graph::{self, Image, Machine, Note, Outcome, Piece},
    println,
};

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

const IMAGE: Image = Image {
    name: "told",
    log: graph::log::LevelFilter::Info,
    targets: &["unix", "virtio"],
};

const ARGUMENTS: &[&[Argument<&str>]] = &[Told::ARGUMENTS];

const MANIFEST: &[Piece] = &[
    Piece::Text(
        r#"{"version":2,"name":"told","targets":["unix","virtio"],"memory":null,"log":"info","nodes":[],"main":[],"arguments":"#,
    ),
    Piece::Arguments(ARGUMENTS),
    Piece::Text("}"),
];

#[used]
#[unsafe(link_section = ".note.mirage")]
static NOTE: Note<{ graph::length(MANIFEST) }> = graph::note(MANIFEST);

async fn unikernel(_: Machine, given: Given<'static>) -> Outcome {
    match Told::read(&given) {
        Ok(told) => {
            say(&told);
            Outcome::of(())
        }
        Err(error) => Outcome::refused(&error),
    }
}

fn say(told: &Told) {
    for _ in 0..told.times {
        println!("motto: {:?}", told.motto);
    }
    println!("listener: {:?}", told.listener);
    println!("colour: {:?}, loud: {}", told.colour, told.loud);
}

mirage_rt::entry!(IMAGE, ARGUMENTS, unikernel);
