#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

const ADDRESS: &str = "dhcp";

#[unikernel(net = "auto", ip = boot(ADDRESS))]
//~                                 ^^^^^^^ MIR020
async fn main(_net: Network) {}
