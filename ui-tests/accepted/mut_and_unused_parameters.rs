#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{console::Console, time::Clock, unikernel};

#[unikernel()]
async fn main(mut console: Console, _clock: Clock) {
    console.write_all(b"hello\n");
}
