#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(on(clock))]
//~         ^^ MIR001
async fn main() {}
