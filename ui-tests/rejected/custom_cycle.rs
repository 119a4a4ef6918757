#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;
use ui_tests::cache::CacheConfig;

#[unikernel(one = CacheConfig { capacity: 8 }.on(two),
    two = CacheConfig { capacity: 8 }.on(three),
    three = CacheConfig { capacity: 8 }.on(one),
//~                                        ^^^ MIR015
)]
async fn main() {}
