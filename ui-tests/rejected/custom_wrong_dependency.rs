#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;
use ui_tests::cache::CacheConfig;

#[unikernel(_cache = CacheConfig { capacity: 8 }.on(console))]
//~                                                 ^^^^^^^ E0277
async fn main() {}
