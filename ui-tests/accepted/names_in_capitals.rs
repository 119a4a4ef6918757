#![no_std]
#![cfg_attr(not(test), no_main)]
#![allow(non_snake_case)]

use mirage_rt::{net::TcpListener, unikernel};

// The expansion names a static after each node. These names must stay distinct.
#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(DNS = 28090, a = 28091, A = 28092, a_1 = 28093, 网 = 28094, image = 28095, image_1 = 28096))]
async fn main(
    DNS: TcpListener,
    a: TcpListener,
    A: TcpListener,
    a_1: TcpListener,
    网: TcpListener,
    image: TcpListener,
    image_1: TcpListener,
) {
    let _ = (DNS, a, A, a_1, 网, image, image_1);
}
