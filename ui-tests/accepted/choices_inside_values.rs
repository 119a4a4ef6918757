#![no_std]
#![cfg_attr(not(test), no_main)]
#![deny(warnings)]

use mirage_rt::{net::TcpListener, time::Clock, unikernel};
use ui_tests::cache::{Cache, CacheConfig};

#[unikernel(
    net = match target { unix => { "tap" } _ => { "virtio" } },
    targets("unix", "virtio"),
    ip = (match target { unix => "10.0.0.2", _ => "10.0.0.3" }),
    tcp(
        sum = 28000 + match target { unix => 121, _ => 122 },
        nested = match target {
            unix => 28123,
            _ => match target { virtio => 8000 + 80 },
        },
    ),
    field = CacheConfig { capacity: match target { unix => 7, _ => 8 } }.on(clock),
    both = CacheConfig {
        capacity: match target { unix => 11, _ => 12 },
        seconds: match target { unix => 13, virtio => 14 },
    }
    .on(clock),
    closure = CacheConfig {
        capacity: (|target: Option<usize>| match target {
            Some(capacity) => capacity,
            None => 0,
        })(Some(17)),
    }
    .on(clock),
    braces = match target {
        unix => { CacheConfig { capacity: 15 }.on(clock) }
        _ => { CacheConfig { capacity: 16 }.on(clock) }
    },
    whole = (match target {
        unix => CacheConfig { capacity: 9 },
        _ => CacheConfig { capacity: 10 },
    })
    .on(clock),
)]
async fn main(
    sum: TcpListener,
    nested: TcpListener,
    field: Cache<Clock>,
    both: Cache<Clock>,
    closure: Cache<Clock>,
    braces: Cache<Clock>,
    whole: Cache<Clock>,
) {
    assert_eq!((both.config.capacity, both.config.seconds), (11, 13));
    assert_eq!((braces.config.capacity, closure.config.capacity), (15, 17));
    assert_eq!([sum.port(), nested.port()], [28121, 28123]);
    assert_eq!([field.config.capacity, whole.config.capacity], [7, 9]);
    assert_eq!(whole.config.seconds, 60);
}
