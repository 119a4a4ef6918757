#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    tcp(http(port = 80, connections = 10000)),
    memory = "16MiB",
//~          ^^^^^^^ MIR053
)]
async fn main(_http: TcpListener) {}
