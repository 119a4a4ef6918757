#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{device::Monotonic, time::Clock, unikernel};
use ui_tests::cache::{Cache, CacheConfig};

struct UserConfig;

impl UserConfig {
    fn wire<C: Monotonic>(self, cache: Cache<C>) -> Cache<C> {
        cache
    }
}

#[unikernel(cache = CacheConfig { capacity: 8 }.on(clock), _user = UserConfig.on(cache))]
//~                                                                              ^^^^^ E0277
async fn main(_cache: Cache<Clock>) {}
