#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "auto", ip = "10.0.0.2", ipv6 = "fd00::2/64", tcp(http = 80))]
//~                                        ^^^^ MIR002
async fn main(_http: TcpListener) {}
