#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", http = 80)]
//~                                          ^^^^ MIR002
async fn main(http: TcpListener) {
    drop(http);
}
