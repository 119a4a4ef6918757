#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net(lan_1(ip = "10.0.0.2")), tcp(http = 80), targets("virtio", "hvt"))]
//~             ^^^^^ MIR018
async fn main(_http: TcpListener) {}
