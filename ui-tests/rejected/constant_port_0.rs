#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

mod plan {
    pub const HTTP: u16 = 0;
}

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = plan::HTTP))]
//~                                                     ^^^^^^^^^^ MIR030
async fn main(_http: TcpListener) {}
