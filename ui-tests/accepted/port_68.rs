//! UDP port 68 is available without DHCP, and TCP port 68 always.
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
