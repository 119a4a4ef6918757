#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

mod plan {
    pub const HERE: &str = "10.0.0.2";
    pub const THERE: &str = "10.1.0.2/16";
}

#[unikernel(targets("unix", "virtio"), net = "auto", ip = match target { unix => plan::HERE, virtio => plan::THERE }, tcp(http = 28067))]
async fn main(_http: TcpListener) {}
