//! Ticks for three seconds, with the date and a random number, and ends.
#![no_std]
#![cfg_attr(not(test), no_main)]

use core::fmt::Write;
use mirage_rt::{
    console::Console,
    random::{Random, Rng},
    time::{Clock, Duration},
    unikernel,
};

#[unikernel(name = "clock")]
async fn main(mut console: Console, clock: Clock, mut random: Random) {
    let start = clock.now();
    for tick in 1..=3 {
        clock.sleep_until(start + Duration::from_secs(tick)).await;
        let number = random.next_u32();
        let _ = match clock.wall() {
            Some(date) => writeln!(console, "tick {tick} at {date}, random {number:08x}"),
            None => writeln!(console, "tick {tick}, date unknown, random {number:08x}"),
        };
    }
}
