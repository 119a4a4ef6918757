#![no_std]
#![cfg_attr(not(test), no_main)]
#![deny(warnings)]

use mirage_rt::unikernel;
use ui_tests::cache::CacheConfig;

#[unikernel(_cache = CacheConfig { capacity: 3 }.on(clock))]
async fn main() {}
