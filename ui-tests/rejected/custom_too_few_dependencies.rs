#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;
use ui_tests::cache::CacheConfig;

#[unikernel(_cache = CacheConfig { capacity: 8 }.on())]
//~                                              ^^ E0061
async fn main() {}
