#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::{TcpListener, UdpSocket}, unikernel};

#[unikernel(
    name = "web-1",
    net = "virtio",
    ip = "10.0.0.2/16",
    gateway = "10.0.255.1",
    mac = "02:00:00:00:00:01",
    mtu = 1400,
    congestion = "reno",
    ecn = "request",
    conflict_detection = "strict",
    tcp(http = 28080, admin = 28081),
    udp(dns = 28053),
    memory = "16MiB",
    log = "warn",
    targets("virtio", "unix"),
)]
async fn main(http: TcpListener, admin: TcpListener, dns: UdpSocket) {
    let _ = (http, admin, dns);
}
