#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{time::Clock, unikernel};
use ui_tests::cache::{Cache, CacheConfig};

#[unikernel(
    one = CacheConfig { capacity: 1 }.on(clock) two = CacheConfig { capacity: 2 }.on(clock),
//~                                             ^^^ MIR001
    three = CacheConfig { capacity = 3 }.on(clock),
//~                                ^ MIR001
    four = CacheConfig { capacity: 4 }.onn(clock),
//~                                    ^^^ MIR001
)]
async fn main(one: Cache<Clock>, three: Cache<Clock>, four: Cache<Clock>) {}
