#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;
use ui_tests::cache::CacheConfig;

#[unikernel(cache = CacheConfig { capacity: 8 }.on(clok),
//~                                                ^^^^ MIR011
    a = CacheConfig { capacity: 8 }.on(cache),
    b = CacheConfig { capacity: 8 }.on(cache),
    c = CacheConfig { capacity: 8 }.on(cache),
    d = CacheConfig { capacity: 8 }.on(cache),
    e = CacheConfig { capacity: 8 }.on(cache),
)]
async fn main() {}
