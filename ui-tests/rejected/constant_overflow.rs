#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

const BASE: u16 = 65_500;

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = BASE + 80))]
//~                                                     ^^^^^^^^^ E0080
async fn main(_http: TcpListener) {}
