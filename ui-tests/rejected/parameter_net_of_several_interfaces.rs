#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(net(wan(ip = "10.0.0.2"), lan(ip = "10.1.0.2")))]
async fn main(net: Network, lan: Network) {
//~           ^^^ MIR011
    drop((net, lan));
}
