#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(net = "auto", ip = boot("dhcp"))]
//~                                 ^^^^^^ MIR020
async fn main(_net: Network) {}
