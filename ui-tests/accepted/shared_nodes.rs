#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::{Network, TcpListener}, random::Random, time::Clock, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 28080))]
async fn main(net: Network, http: TcpListener, clock: Clock, random: Random) {
    let _ = (net, http, clock, random);
}
