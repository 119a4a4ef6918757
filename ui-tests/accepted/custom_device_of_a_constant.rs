#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;
use ui_tests::cache::CacheConfig;

const SMALL: CacheConfig = CacheConfig { capacity: 1, seconds: 1 };

#[unikernel(cache = SMALL.on(clock))]
async fn main() {}
