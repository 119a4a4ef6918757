#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net(wan = "virtio"), tcp(http = 80))]
//~                   ^^^^^^^^ MIR006
async fn main(_http: TcpListener) {}
