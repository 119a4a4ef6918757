#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, time::Clock, unikernel};
use ui_tests::cache;

#[unikernel(args = Arguments, cache = cache::CacheConfig { capacity: args.capacity }.on(clock))]
//~                                                                  ^^^^ MIR039
async fn main(args: Arguments, cache: cache::Cache<Clock>) {
    drop((args, cache));
}

#[derive(Args)]
struct Arguments {
    capacity: usize,
}
