#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(net = "virtio", ip = "dhcp", dns = "10.0.0.1, 10.0.0.3, 10.0.0.4, 10.0.0.5")]
//~                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ MIR049
async fn main(_net: Network) {}
