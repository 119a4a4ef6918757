#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = dhcp, tcp(http = 80))]
//~                              ^^^^ MIR004
async fn main(http: TcpListener) {
    drop(http);
}
