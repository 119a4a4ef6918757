#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(clock = 80))]
//~                                              ^^^^^ MIR010
async fn main(_clock: TcpListener) {}
