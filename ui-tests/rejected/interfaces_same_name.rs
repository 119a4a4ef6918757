#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net(lan(ip = "10.0.0.2"), lan(ip = "10.1.0.1")), tcp(http = 80))]
//~                                   ^^^ MIR010
async fn main(_http: TcpListener) {}
