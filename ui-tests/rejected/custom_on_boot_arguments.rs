#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, time::Clock, unikernel};
use ui_tests::cache;

#[unikernel(args = Arguments, cache = cache::CacheConfig { capacity: 3 }.on(args))]
//~                                                                         ^^^^ E0277
async fn main(cache: cache::Cache<Clock>) {
//~                  ^^^^^ E0308
    drop(cache);
}

#[derive(Args)]
struct Arguments {
    port: u16,
}
