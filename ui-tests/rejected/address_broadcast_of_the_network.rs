#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.255.255/16", tcp(http = 80))]
//~                              ^^^^^^^^^^^^^^^^^ MIR022
async fn main(_http: TcpListener) {}
