#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

// Node names that could clash with names in the expansion.
#[unikernel(
    net = "virtio",
    ip = "10.0.0.2",
    tcp(image = 48080, Image = 48081, manifest = 48082, result = 48083, cause = 48084, unikernel = 48085, main = 48086)
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
