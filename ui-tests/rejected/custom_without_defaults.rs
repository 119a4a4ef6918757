#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    device::{Device, Monotonic},
    unikernel,
};

struct CacheConfig {
    capacity: usize,
    seconds: u64,
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

#[unikernel(_cache = CacheConfig { capacity: 8 }.on(clock))]
//~                  ^^^^^^^^^^^ E0277
async fn main() {}
