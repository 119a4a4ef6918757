#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::UdpSocket, unikernel};

#[unikernel(net = "auto", ip = "dhcp", udp(leases = 68))]
//~                                                 ^^ MIR034
async fn main(_leases: UdpSocket) {}
