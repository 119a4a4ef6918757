#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

struct CacheConfig;

#[unikernel(_cache = CacheConfig.on(clock))]
//~                              ^^ E0599
async fn main() {}
