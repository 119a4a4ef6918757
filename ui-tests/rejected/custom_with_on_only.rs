#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{time::Clock, unikernel};
use ui_tests::cache;

#[unikernel(cache = cache::CacheConfig { capacity: 3 }.on)]
//~                                                    ^^ MIR001
async fn main(cache: cache::Cache<Clock>) {
    drop(cache);
}
