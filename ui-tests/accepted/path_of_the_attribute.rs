#![no_std]
#![cfg_attr(not(test), no_main)]

/// The attribute needs no import, and `main` keeps its own attributes.
#[mirage_rt::unikernel]
#[allow(clippy::unused_async)]
async fn main() {}
