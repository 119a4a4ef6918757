#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{console::Console, net::{TcpListener, UdpSocket}, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", udp(dns = 28053), tcp(http = 28080))]
async fn main(http: TcpListener, mut console: Console, dns: UdpSocket) {
    console.write_all(b"ready\n");
    let _ = (http, dns);
}
