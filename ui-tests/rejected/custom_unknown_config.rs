#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(_cache = CachConfig { capacity: 8 }.on(clock))]
//~                  ^^^^^^^^^^ E0422
async fn main() {}
