#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

mod plan {
    pub const ROUTER: &str = "10.0.0";
}

#[unikernel(net = "virtio", ip = "10.0.0.2", gateway = plan::ROUTER, tcp(http = 80))]
//~                                                    ^^^^^^^^^^^^ MIR020
async fn main(_http: TcpListener) {}
