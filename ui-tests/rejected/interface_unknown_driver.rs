#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net(wan(driver = "virtoi", ip = "10.0.0.2")), tcp(http = 80))]
//~                          ^^^^^^^^ MIR040
async fn main(_http: TcpListener) {}
