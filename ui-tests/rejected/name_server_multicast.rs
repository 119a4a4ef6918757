#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", dns = "224.0.0.251")]
//~                                                ^^^^^^^^^^^^^ MIR048
async fn main(_net: Network) {}
