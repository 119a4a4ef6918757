#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", dns = boot("10.0.0"))]
//~                                                     ^^^^^^^^ MIR047
async fn main(_net: Network) {}
