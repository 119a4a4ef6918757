#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::boxed::Box;
use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 80))]
async fn main(http: Box<TcpListener>) {
//~                 ^^^^^^^^^^^^^^^^ MIR069
    drop(http);
}
