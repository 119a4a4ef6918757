#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{time::Clock, unikernel};
use ui_tests::cache;

#[unikernel(cache = make()?.on(clock))]
//~                       ^ E0277
async fn main(cache: cache::Cache<Clock>) {
    drop(cache);
}

fn make() -> Option<cache::CacheConfig> {
    None
}
