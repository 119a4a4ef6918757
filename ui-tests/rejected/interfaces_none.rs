#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net(), tcp(http = 80))]
//~         ^^^ MIR005
async fn main(_http: TcpListener) {}
