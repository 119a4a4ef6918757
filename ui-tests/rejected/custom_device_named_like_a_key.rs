#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    device::{Config, Device},
    unikernel,
};

struct Cache;

struct CacheConfig;

impl Config for CacheConfig {
    const DEFAULT: Self = Self;
    const MEMORY: usize = 7 << 20;
}

impl CacheConfig {
    fn wire(self) -> Cache {
        Cache
    }
}

impl Device for Cache {
    type Output = Self;
    fn provide(self) -> Self {
        self
    }
}

#[unikernel(heap = CacheConfig.on())]
//~                ^^^^^^^^^^^^^^^^ MIR006
async fn main(_heap: Cache) {}
