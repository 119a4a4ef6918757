#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(net = "auto", ip = "10.0.0.2", outgoing = "noone")]
//~                                                   ^^^^^^^ MIR110
async fn main(_net: Network) {}
