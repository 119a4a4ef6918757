#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

mod plan {
    pub const HTTP: u32 = 80;
}

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = plan::HTTP))]
//~                                                     ^^^^^^^^^^ E0308
async fn main(_http: TcpListener) {}
