#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

mod plan {
    pub const WEB: &str = "10.0.0.2/33";
}

#[unikernel(net = "virtio", ip = plan::WEB, tcp(http = 80))]
//~                              ^^^^^^^^^ MIR021
async fn main(_http: TcpListener) {}
