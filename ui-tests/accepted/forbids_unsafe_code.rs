#![no_std]
#![cfg_attr(not(test), no_main)]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]
//! A crate that forbids unsafe code and other lints.

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 28080))]
async fn main(_http: TcpListener) {}
