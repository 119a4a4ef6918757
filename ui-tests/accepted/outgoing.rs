#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "auto", ip = "dhcp", tcp(http = 7091), outgoing = "none")]
async fn main(_http: TcpListener) {}
