#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};
use ui_tests::cache::CacheConfig;

mod plan {
    pub const GATEWAY: &str = "10.0.0.300";
}

// Errors in the attribute, a constant, a configuration and the body.
#[unikernel(
    net = "virtio",
    ip = "10.0.0",
//~      ^^^^^^^^ MIR020
    gateway = plan::GATEWAY,
//~           ^^^^^^^^^^^^^ MIR020
    cache = CacheConfig { capacity: "8" }.on(clock),
//~                                 ^^^ E0308
    tcp(http = 80),
)]
async fn main(http: TcpListener) {
    let _port: &str = http.port();
//~                   ^^^^^^^^^^^ E0308
}
