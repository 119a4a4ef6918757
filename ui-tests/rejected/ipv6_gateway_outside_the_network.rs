#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "auto", ip = "10.0.0.2", ip6 = "fd00::2", gateway6 = "fd00:0:0:1::1", tcp(http = 80))]
//~                                                                    ^^^^^^^^^^^^^^^ MIR114
async fn main(_http: TcpListener) {}
