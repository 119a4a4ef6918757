//! Devices of one's own: a cache whose entries expire, and an observer in the background.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

mod cache;
mod observer;

use cache::{Cache, CacheConfig};
use core::fmt::Write;
use mirage_rt::{
    console::Console,
    time::{Clock, Duration},
    unikernel,
};
use observer::ObserverConfig;

#[unikernel(
    cache = CacheConfig { lifetime: Duration::from_millis(500) }.on(clock),
    _observer = ObserverConfig { period: Duration::from_millis(100) }.on(cache, clock, console),
)]
async fn main(cache: Cache<Clock>, mut console: Console, clock: Clock) {
    cache.insert("name", "mirage");
    let _ = writeln!(console, "fresh: {:?}", cache.get("name"));
    clock.sleep(Duration::from_secs(1)).await;
    let _ = writeln!(console, "a second later: {:?}", cache.get("name"));
}
