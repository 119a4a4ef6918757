#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp = match target { unix => (http = 80), _ => (http = 81) })]
//~                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ MIR006
async fn main(http: TcpListener) {
    drop(http);
}
