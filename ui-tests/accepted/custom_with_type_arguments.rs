#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{time::Clock, unikernel};
use ui_tests::cache::{Cache, CacheConfig};

#[unikernel(cache = CacheConfig { capacity: 3 }.on::<Clock>(clock))]
async fn main(cache: Cache<Clock>) {
    assert_eq!(cache.config.capacity, 3);
}
