#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net(wan(ip = "10.0.0.2", gatewey = "10.0.0.1")), tcp(http = 80))]
//~                                  ^^^^^^^ MIR002
async fn main(_http: TcpListener) {}
