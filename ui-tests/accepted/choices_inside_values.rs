#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, time::Clock, unikernel};
use ui_tests::cache::{Cache, CacheConfig};

#[unikernel(
    net = "virtio",
    ip = (match target { unix => "10.0.0.2", _ => "10.0.0.3" }),
    tcp(
        sum = 48000 + match target { unix => 121, _ => 122 },
        nested = match target {
            unix => 48123,
            _ => match target { virtio => 80, _ => 8000 + 80 },
        },
    ),
    field = CacheConfig { capacity: match target { unix => 7, _ => 8 } }.on(clock),
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
    whole: Cache<Clock>,
) {
    assert_eq!([sum.port(), nested.port()], [48121, 48123]);
    assert_eq!([field.config.capacity, whole.config.capacity], [7, 9]);
    assert_eq!(whole.config.seconds, 60);
}
