#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

// Node names that could clash with names in the expansion.
#[unikernel(
    net = "virtio",
    ip = "10.0.0.2",
    tcp(image = 28080, Image = 28081, manifest = 28082, result = 28083, cause = 28084, unikernel = 28085, main = 28086)
)]
#[allow(non_snake_case)]
async fn main(
    image: TcpListener,
    Image: TcpListener,
    manifest: TcpListener,
    result: TcpListener,
    cause: TcpListener,
    unikernel: TcpListener,
    main: TcpListener,
) {
    let _ = (image, Image, manifest, result, cause, unikernel, main);
}
