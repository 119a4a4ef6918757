#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net(wan(driver = "auto")), tcp(http = 80))]
//~                          ^^^^^^ MIR008
async fn main(_http: TcpListener) {}
