//! The smallest unikernel: prints a line, asks the clock once, and ends.
#![no_std]
#![cfg_attr(not(test), no_main)]

use core::fmt::Write;
use mirage_rt::{console::Console, time::Clock, unikernel};

#[unikernel(name = "hello")]
async fn main(mut console: Console, clock: Clock) {
    let since_boot = clock.now().as_nanos() / 1000;
    let _ = writeln!(console, "hello, {since_boot} µs after boot");
}
