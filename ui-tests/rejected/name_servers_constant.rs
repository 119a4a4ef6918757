#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

mod plan {
    pub const DNS: &str = "10.0.0.1,224.0.0.251";
}

#[unikernel(net = "virtio", ip = "10.0.0.2", dns = plan::DNS)]
//~                                                ^^^^^^^^^ MIR048
async fn main(_net: Network) {}
