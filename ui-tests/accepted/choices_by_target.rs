#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, time::Clock, unikernel};
use ui_tests::cache::{Cache, CacheConfig};

#[unikernel(targets("unix", "virtio"), net = match target { unix => "tap", virtio => "virtio" }, ip = match target { unix | virtio => "10.0.0.2/24" }, tcp(http = match target { unix => 28057, _ => 80 }), memory = match target { virtio => "16MiB", _ => "8MiB" }, log = match target { unix => "debug", virtio => "warn" }, name = match target { _ => "web" }, cache = match target { unix => CacheConfig { capacity: 8 }, virtio => CacheConfig { capacity: 64 } }.on(clock))]
async fn main(http: TcpListener, cache: Cache<Clock>) {
    let _ = (http, cache);
}
