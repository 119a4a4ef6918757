#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = boot(ADDRESS), gateway = boot("10.1.0.1"), tcp(http = 80))]
//~                                                            ^^^^^^^^^^ MIR023
async fn main(http: TcpListener) {
    drop(http);
}

const ADDRESS: &str = "10.0.0.2";
