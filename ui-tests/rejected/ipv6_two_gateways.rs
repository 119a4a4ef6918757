#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(net(
    wan(ip = "10.0.0.2", ip6 = "fd00::2", gateway6 = "fd00::1"),
    lan(ip = "10.1.0.2", ip6 = "fd01::2", gateway6 = "fd01::1"),
//~                                                  ^^^^^^^^^ MIR032
))]
async fn main(_wan: Network, _lan: Network) {}
