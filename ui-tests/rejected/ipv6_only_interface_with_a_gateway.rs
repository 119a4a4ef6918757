#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(net(
    wan(ip = "10.0.0.2", gateway = "10.0.0.1"),
    lan(ip6 = "fd00::2/64", dns = "10.0.0.9", gateway6 = "fd01::1"),
//~                               ^^^^^^^^^^ MIR120
//~                                                      ^^^^^^^^^ MIR114
))]
async fn main(_wan: Network, _lan: Network) {}
