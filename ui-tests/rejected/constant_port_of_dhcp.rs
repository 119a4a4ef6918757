#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::UdpSocket, unikernel};

mod plan {
    pub const LEASES: u16 = 68;
}

#[unikernel(net = "auto", ip = "dhcp", udp(leases = plan::LEASES))]
//~                                                 ^^^^^^^^^^^^ MIR034
async fn main(_leases: UdpSocket) {}
