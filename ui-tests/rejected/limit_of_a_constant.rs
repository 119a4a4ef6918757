#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

const MAX: u16 = 0;

#[unikernel(net = "auto", ip = "10.0.0.2", tcp(http(port = 80, connections = MAX)))]
//~                                                                          ^^^ MIR054
async fn main(_http: TcpListener) {}
