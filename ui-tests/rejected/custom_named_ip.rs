#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(ip = ui_tests::cache::CacheConfig { capacity: 3 }.on(clock))]
//~              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ MIR006
async fn main() {}
