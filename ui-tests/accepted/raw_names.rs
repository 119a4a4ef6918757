#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(r#type = 28080))]
async fn main(r#type: TcpListener) {
    drop(r#type);
}
