#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::{Service, UdpSocket}, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", port(dns = 53), udp(names = 53))]
//~                                                                      ^^ MIR031
async fn main(_dns: Service, _names: UdpSocket) {}
