#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    device::{Device, Monotonic},
    unikernel,
};

struct CacheConfig;

#[derive(Clone)]
struct Cache<C>(C);

impl CacheConfig {
    fn wire<C: Monotonic>(self, clock: C) -> Cache<C> {
        Cache(clock)
    }
}

struct UserConfig;

struct User<T>(T);

impl UserConfig {
    fn wire<T>(self, used: T) -> User<T> {
        User(used)
    }
}

impl<T> Device for User<T> {
    type Output = T;

    fn provide(self) -> T {
        self.0
    }
}

#[unikernel(
    cache = CacheConfig.on(clock),
//~         ^^^^^^^^^^^ E0277
    _a = UserConfig.on(cache),
    _b = UserConfig.on(cache),
    _c = UserConfig.on(cache),
    _d = UserConfig.on(cache),
    _e = UserConfig.on(cache),
)]
async fn main() {}
