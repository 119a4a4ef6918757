#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{time::Clock, unikernel};
use ui_tests::cache;

#[unikernel(cache = match target {
    unix => cache::CacheConfig { capacity: 3 }.on(&clock),
//~                                               ^^^^^^ MIR001
    _ => cache::CacheConfig { capacity: 4 }.on(clock),
})]
async fn main(cache: cache::Cache<Clock>) {
    drop(cache);
}
