#![no_std]
//! A struct of the derive's own name, made by a macro, in a crate that forbids what can be.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub)]

extern crate alloc;

use alloc::{string::String, vec::Vec};
use mirage_rt::Args;

macro_rules! arguments {
    ($($name:ident: $type:ty),*) => {
        /// Arguments.
        #[derive(Args)]
        pub struct Args {
            $(
                /// Something.
                pub $name: $type,
            )*
        }
    };
}

arguments!(given: bool, value: u8, result: Option<String>, ports: Vec<u16>);

/// None.
#[derive(Args)]
pub struct None {}

fn main() {
    use mirage_rt::arguments::{Args as _, Kind, Presence};
    assert_eq!(Args::ARGUMENTS[0].kind, Kind::Flag);
    assert_eq!(Args::ARGUMENTS[2].presence, Presence::Optional);
    assert_eq!(Args::ARGUMENTS[3].presence, Presence::List);
    assert!(None::ARGUMENTS.is_empty());
}
