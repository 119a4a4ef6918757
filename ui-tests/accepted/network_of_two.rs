#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.0/31", gateway = "10.0.0.1", tcp(http = 28080))]
async fn main(_http: TcpListener) {}
