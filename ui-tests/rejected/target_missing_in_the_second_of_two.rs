#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(targets("unix", "virtio"), tcp(http = match target { unix => 1, _ => 2 } + match target { unix => 3 }), net = "auto", ip = "10.0.0.2")]
//~                                                                                    ^^^^^ MIR044
async fn main(_http: mirage_rt::net::TcpListener) {}
