#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{time::Clock, unikernel};

#[unikernel(name = "web", log = )]
//~                           ^ MIR001
async fn main(clock: Clock) {
    let now = clock.now;
//~                 ^^^ E0615
}
