#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

mod plan {
    pub const WEB: &str = "10.0.0.300";
}

#[unikernel(net = "virtio", ip = plan::WEB, tcp(http = 80))]
//~                              ^^^^^^^^^ MIR020
async fn main(_http: TcpListener) {}
