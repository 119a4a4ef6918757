#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

mod plan {
    pub const MTU: u16 = 100;
}

#[unikernel(net = "virtio", ip = "10.0.0.2", mtu = plan::MTU, tcp(http = 80))]
//~                                                ^^^^^^^^^ MIR027
async fn main(_http: TcpListener) {}
