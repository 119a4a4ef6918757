#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

const ADDRESS: &str = "fd00::2";

#[unikernel(net = "auto", ip = "10.0.0.2", ip6 = self::ADDRESS, tcp(http = 80))]
//~                                              ^^^^^^^^^^^^^ MIR004
async fn main(_http: TcpListener) {}
