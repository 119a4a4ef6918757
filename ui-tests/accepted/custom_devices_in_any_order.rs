#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;
use ui_tests::cache::{Cache, CacheConfig};

struct OuterConfig;

impl OuterConfig {
    fn wire<C>(self, inner: Cache<C>) -> Cache<C> {
        inner
    }
}

#[unikernel(outer = OuterConfig.on(inner), inner = CacheConfig {}.on(clock))]
async fn main() {}
