#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net(wan(ip = "10.0.0.2", gateway = "10.0.0.1"), lan(ip = "10.1.0.1", gateway = "10.1.0.9")), tcp(http = 80))]
//~                                                                                        ^^^^^^^^^^ MIR032
async fn main(_http: TcpListener) {}
