#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    device::{Config, Device},
    unikernel,
};

struct Cache;

struct CacheConfig<const BYTES: usize>;

impl<const BYTES: usize> Config for CacheConfig<BYTES> {
    const DEFAULT: Self = Self;
    const MEMORY: usize = BYTES;
}

impl<const BYTES: usize> CacheConfig<BYTES> {
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

#[unikernel(cache = CacheConfig::<{ 7 << 20 }>.on(), memory = "8MiB")]
//~                                                           ^^^^^^ MIR053
async fn main(_cache: Cache) {}
