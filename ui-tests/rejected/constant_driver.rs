#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

const DRIVER: &str = "virtio";

#[unikernel(net = DRIVER, ip = "10.0.0.2", tcp(http = 80))]
//~               ^^^^^^ MIR004
async fn main(_http: TcpListener) {}
