#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "auto", ip = "10.0.0.2", ip6 = "slaac", gateway6 = "fe80::1", tcp(http = 80))]
//~                                                                  ^^^^^^^^^ MIR119
async fn main(_http: TcpListener) {}
