//! A unikernel whose crate has the runtime under another name.
#![no_std]
#![cfg_attr(not(test), no_main)]

use renamed::Opts;
use rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 80), args = Opts)]
async fn main(http: TcpListener, args: Opts) {
    let _ = (http, args.times);
}
