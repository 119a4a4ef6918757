#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "boot", tcp(http = 80))]
//~                              ^^^^^^ MIR020
async fn main(http: TcpListener) {
    drop(http);
}
