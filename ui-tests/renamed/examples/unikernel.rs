//! A unikernel whose crate has the runtime under another name.
#![no_std]
#![cfg_attr(not(test), no_main)]

use renamed::Told;
use rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 80), args = Told)]
async fn main(http: TcpListener, args: Told) {
    let _ = (http, args.times);
}
