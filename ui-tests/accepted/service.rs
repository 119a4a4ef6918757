#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Service, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", port(dns = 28056))]
async fn main(dns: Service) {
    assert_eq!(dns.udp.port(), dns.tcp.port());
}
