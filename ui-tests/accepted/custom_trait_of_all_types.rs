#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{device::Device, unikernel};

/// The types that the expansion derives from a configuration implement this trait too.
trait Measured {
    fn memory(&self) -> usize {
        size_of_val(self)
    }
}

impl<T> Measured for T {}

#[unikernel(cache = CacheConfig.on(), memory = "8MiB")]
async fn main(cache: Cache) {
    assert_eq!(cache.memory(), 0);
}

struct Cache;

struct CacheConfig;

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
