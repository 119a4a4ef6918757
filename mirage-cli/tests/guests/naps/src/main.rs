//! Sleeps many times, often for less time than the machine takes to fall asleep.
#![no_std]
#![cfg_attr(not(test), no_main)]

use core::fmt::Write;
use mirage_rt::{
    console::Console,
    time::{Clock, Duration},
    unikernel,
};

#[unikernel]
async fn main(mut console: Console, clock: Clock) {
    for nap in 0..3000 {
        clock.sleep(Duration::from_micros(nap % 300)).await;
    }
    let _ = writeln!(console, "it is awake");
}
