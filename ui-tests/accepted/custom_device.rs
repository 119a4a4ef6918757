#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{time::Clock, unikernel};
use ui_tests::cache::{Cache, CacheConfig};

#[unikernel(cache = CacheConfig { capacity: 8 }.on(clock))]
async fn main(cache: Cache<Clock>) {
    drop(cache);
}
