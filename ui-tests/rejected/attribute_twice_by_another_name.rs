#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel, unikernel as other};

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 80))]
#[other]
async fn main(http: TcpListener) {
//~      ^^^^ MIR068
    drop(http);
}
