#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{time::Clock, unikernel};
use ui_tests::cache::{Cache, CacheConfig};

#[unikernel(
    targets("unix", "virtio"),
    cache = match target { unix => CacheConfig { capacity: 8 } }.on(clock),
//~         ^^^^^ MIR044
    other = CacheConfig { capacity: 8 }.on(cache),
)]
async fn main(cache: Cache<Clock>, other: Cache<Cache<Clock>>) {}
