#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(dns = "10.0.0.1")]
//~         ^^^ MIR007
async fn main(_net: Network) {}
