#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", match target { unix => tcp(http = 80), _ => tcp(http = 81) })]
//~                                          ^^^^^^^^^^^^ MIR001
async fn main(http: TcpListener) {
    drop(http);
}
