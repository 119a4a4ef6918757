#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

mod plan {
    pub const WEB: &str = "10.0.0.300";
    pub const MTU: u16 = 10;
}

#[unikernel(net = "virtio", ip = plan::WEB, mtu = plan::MTU, tcp(http = 80))]
//~                              ^^^^^^^^^ MIR020
//~                                               ^^^^^^^^^ MIR027
async fn main(_http: TcpListener) {}
