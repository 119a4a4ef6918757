#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{time::Clock, unikernel};

#[unikernel]
async fn main(clock: Clock, cons) {
//~                             ^ error
    clock.sleep_until(clock.now()).await;
}
