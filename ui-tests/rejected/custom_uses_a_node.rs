#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, time::Clock, unikernel};
use ui_tests::cache;

#[unikernel(
    cache = cache::CacheConfig { capacity: http.port() }.on(clock),
//~                                        ^^^^ MIR039
    net = "auto",
    ip = "10.0.0.2",
    tcp(http = 80),
)]
async fn main(cache: cache::Cache<Clock>, http: TcpListener) {
    drop((cache, http));
}
