#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;
use ui_tests::cache::CacheConfig;

#[unikernel(one = CacheConfig { capacity: 8 }.on(clock), two = CacheConfig { capacity: 8 }.on(on))]
//~                                                                                           ^^ MIR011
async fn main() {}
