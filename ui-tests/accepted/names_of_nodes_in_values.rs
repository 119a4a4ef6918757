#![no_std]
#![cfg_attr(not(test), no_main)]
#![deny(warnings)]

use mirage_rt::{net::TcpListener, time::Clock, unikernel};
use ui_tests::cache::{Cache, CacheConfig};

mod plan {
    #![allow(non_upper_case_globals)]
    pub const clock: &str = "abc";
}

#[unikernel(
    net = "virtio",
    ip = "10.0.0.2",
    tcp(http = {
        const fn next(http: u16) -> u16 {
            http.saturating_add(1)
        }
        next(28140)
    }),
    typed = CacheConfig { capacity: (|clock: &str| clock.len())("abc") }.on(clock),
    path = CacheConfig { capacity: plan::clock.len() }.on(clock),
    local = CacheConfig {
        capacity: {
            let http = "abcd";
            http.len()
        },
    }
    .on(clock),
    item = CacheConfig {
        capacity: {
            use plan::clock;
            clock.len()
        },
    }
    .on(clock),
)]
async fn main(
    http: TcpListener,
    typed: Cache<Clock>,
    path: Cache<Clock>,
    local: Cache<Clock>,
    item: Cache<Clock>,
) {
    assert_eq!(http.port(), 28141);
    let capacities = [typed, path, local, item].map(|cache| cache.config.capacity);
    assert_eq!(capacities, [3, 3, 4, 3]);
}
