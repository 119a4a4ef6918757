#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = “virtio”, ip = "10.0.0.2", tcp(http = 80))]
//~               ^ error
//~                ^^^^^^ MIR004
//~                      ^ error
async fn main(http: TcpListener) {
    drop(http);
}
