#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(
    net = "vritio",
    ip = "10.0.0.300",
    gatewy = "10.0.0.1",
    mac = "03:00:00:00:00:01",
    tcp(http = 0, admin = 8080, status = 8080),
    memory = "16MB",
    name = "web",
    name = "again",
    targets("unix", "vax"),
)]
fn main(_http: TcpListener, _admin: TcpListener, _status: TcpListener) {}
