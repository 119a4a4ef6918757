#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    device::{Config, Device},
    unikernel,
};

#[unikernel(
    first = waited_for().await.on(),
    second = match target { unix => CacheConfig, _ => waited_for().await }.on(),
    third = wait!().on(),
    memory = "32MiB",
)]
async fn main(_first: Cache, _second: Cache, _third: Cache) {}

macro_rules! wait {
    () => {
        waited_for().await
    };
}
use wait;

async fn waited_for() -> CacheConfig {
    CacheConfig
}

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
