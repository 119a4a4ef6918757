#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "auto", ip6 = "fd00::2/64", gateway = "10.0.0.1", tcp(http = 80))]
//~                                                     ^^^^^^^^^^ MIR120
async fn main(_http: TcpListener) {}
