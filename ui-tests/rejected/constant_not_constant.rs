#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

fn port() -> u16 {
    80
}

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = port()))]
//~                                                     ^^^^^^ E0015
async fn main(_http: TcpListener) {}
