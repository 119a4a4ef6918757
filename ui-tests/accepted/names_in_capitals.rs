#![no_std]
#![cfg_attr(not(test), no_main)]
#![allow(non_snake_case)]

use mirage_rt::{net::TcpListener, unikernel};

// The expansion names a static after each node. These names must stay distinct.
#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(DNS = 48090, a = 48091, A = 48092, a_1 = 48093, 网 = 48094, image = 48095, image_1 = 48096))]
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
