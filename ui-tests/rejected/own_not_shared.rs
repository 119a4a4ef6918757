#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    device::{Config, Device, Monotonic},
    time::Clock,
    unikernel,
};

struct CacheConfig {
    capacity: usize,
    seconds: u64,
}

impl Config for CacheConfig {
    const DEFAULT: Self = Self { capacity: 128, seconds: 60 };
}

struct Cache<C>(C);

impl CacheConfig {
    fn wire<C: Monotonic>(self, clock: C) -> Cache<C> {
        let _ = (self.capacity, self.seconds);
        Cache(clock)
    }
}

impl<C> Device for Cache<C> {
    type Output = Self;
    fn provide(self) -> Self {
        let _ = &self.0;
        self
    }
}

struct UserConfig;

impl UserConfig {
    fn wire<C: Monotonic>(self, cache: Cache<C>) -> Cache<C> {
        cache
    }
}

#[unikernel(cache = CacheConfig { capacity: 8 }.on(clock), user = UserConfig.on(cache))]
async fn main(_cache: Cache<Clock>) {}
