#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "auto", gateway6 = "fd00::1", tcp(http = 80))]
//~               ^^^^^^ MIR008
//~                                  ^^^^^^^^^ MIR116
async fn main(_http: TcpListener) {}
