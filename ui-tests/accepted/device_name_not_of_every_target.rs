#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

// Solo5's targets do not allow this name and are left out.
#[unikernel(net(lan_1(ip = "10.0.0.2")), tcp(http = 28095))]
async fn main(_http: TcpListener) {}
