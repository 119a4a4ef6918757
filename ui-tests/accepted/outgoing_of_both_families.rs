#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(
    net(
        wan(ip = "dhcp", ip6 = "2001:db8::2", gateway6 = "fe80::1"),
        lan(ip = "10.1.0.2", ip6 = boot("fd00::2")),
    ),
    outgoing = "none",
)]
async fn main(_wan: Network, _lan: Network) {}
