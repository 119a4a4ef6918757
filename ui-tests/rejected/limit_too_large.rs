#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::UdpSocket, unikernel};

#[unikernel(net = "auto", ip = "10.0.0.2", udp(dns(port = 53, datagrams = 65536)))]
//~                                                                       ^^^^^ MIR054
async fn main(_dns: UdpSocket) {}
