#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net(wan(ip = "10.0.0.2", tcp(http = 28055))))]
async fn main(_http: TcpListener) {}
