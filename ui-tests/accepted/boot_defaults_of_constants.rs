#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::{Network, TcpListener}, unikernel};

mod plan {
    pub const WEB: &str = "10.0.0.2/16";
    pub const ROUTER: &str = "10.0.0.1";
}

#[unikernel(
    net = "virtio",
    ip = boot(plan::WEB),
    gateway = boot(plan::ROUTER),
    tcp(http = 28132),
)]
async fn main(net: Network, http: TcpListener) {
    drop((net, http));
}
