#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{console::Console, random::Random, time::Clock, unikernel};

#[unikernel()]
async fn main(console: Console, clock: Clock, random: Random) {
    let _ = (console, clock, random);
}
