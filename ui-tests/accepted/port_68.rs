//! Where no address is asked for, UDP port 68 is one like any other, and TCP port 68 always is.
#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    net::{TcpListener, UdpSocket},
    unikernel,
};

#[unikernel(
    net(wan(ip = "dhcp", tcp(http = 68)), lan(ip = "10.0.0.1", udp(leases = 68))),
)]
async fn main(_http: TcpListener, _leases: UdpSocket) {}
