#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{device::Monotonic, unikernel};

struct CacheConfig;

struct Cache<C>(C);

impl CacheConfig {
    fn wire<C: Monotonic>(self, clock: C) -> Cache<C> {
        Cache(clock)
    }
}

#[unikernel(_cache = CacheConfig.on(clock))]
//~                  ^^^^^^^^^^^ E0277
async fn main() {}
