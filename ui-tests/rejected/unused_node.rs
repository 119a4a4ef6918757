#![no_std]
#![cfg_attr(not(test), no_main)]
// It is a warning; here warnings are errors.
#![deny(warnings)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 80, admin = 8080))]
//~                                                         ^^^^^ MIR012
async fn main(_http: TcpListener) {}
