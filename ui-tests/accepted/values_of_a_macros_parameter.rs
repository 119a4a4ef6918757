#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, time::Clock, unikernel};
use ui_tests::cache::{Cache, CacheConfig};

macro_rules! program {
    ($ip:expr, $port:expr, $cache:expr) => {
        #[unikernel(net = "virtio", ip = $ip, tcp(http = $port), cache = $cache)]
        async fn main(http: TcpListener, cache: Cache<Clock>) {
            assert_eq!((http.port(), cache.config.capacity), (28131, 3));
        }
    };
}

program!(
    boot("10.0.0.2"),
    match target {
        unix => 28131,
        _ => 80,
    },
    CacheConfig { capacity: 3 }.on(clock)
);
