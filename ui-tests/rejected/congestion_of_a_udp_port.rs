#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::UdpSocket, unikernel};

#[unikernel(net = "auto", ip = "10.0.0.2", udp(dns(port = 53, congestion = "reno")))]
//~                                                           ^^^^^^^^^^ MIR002
async fn main(dns: UdpSocket) {
    let _ = dns;
}
