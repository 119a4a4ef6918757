#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

const BUFFER: &str = "1KiB";

#[unikernel(net = "auto", ip = "10.0.0.2", tcp(http(port = 80, receive = BUFFER)))]
//~                                                                      ^^^^^^ MIR055
async fn main(_http: TcpListener) {}
