#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{device::Device, time::Clock, unikernel};

struct CacheConfig {
    capacity: usize,
}

impl CacheConfig {
    fn wire<C>(self, clock: C) -> Cache<C> {
        Cache(clock, self.capacity)
    }
}

struct Cache<C>(C, usize);

impl<C> Device for Cache<C> {
    type Output = Self;

    fn provide(self) -> Self {
        self
    }
}

#[unikernel(cache = (CacheConfig { capacity: 128 }).on(clock))]
async fn main(cache: Cache<Clock>) {
    assert_eq!(cache.1, 128);
    let _ = cache.0;
}
