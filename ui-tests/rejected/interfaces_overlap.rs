#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net(wan(ip = "10.0.0.2/16"), lan(ip = "10.0.9.1/24")), tcp(http = 80))]
//~                                               ^^^^^^^^^^^^^ MIR028
async fn main(_http: TcpListener) {}
