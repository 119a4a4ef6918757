#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(targets("unix", "virtio"), net = "auto", ip = match target { unix => "10.0.0.2", virtio => "10.0.0.256" }, tcp(http = 80))]
//~                                                                                                    ^^^^^^^^^^^^ MIR020
async fn main(_http: TcpListener) {}
