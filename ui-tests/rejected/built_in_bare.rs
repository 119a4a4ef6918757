#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(clock)]
//~         ^^^^^ MIR038
async fn main(clock: mirage_rt::time::Clock) {
    drop(clock);
}
