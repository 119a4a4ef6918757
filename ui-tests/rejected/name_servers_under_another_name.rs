#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", nameserver = "10.0.0.1")]
//~                                          ^^^^^^^^^^ MIR002
async fn main(_net: Network) {}
