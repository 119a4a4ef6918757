#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel()]
async fn main(_http: TcpListener) {}
//~           ^^^^^ MIR011
