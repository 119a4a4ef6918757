#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net(wan(ip = match target { unix => boot("10.0.0.2"), _ => "10.9.0.2" }), lan(ip = boot("10.1.0.1"), gateway = boot("10.1.0.2"))), log = match target { unix => boot("warn"), _ => "info" }, tcp(http = 28069))]
async fn main(http: TcpListener) {
    let _ = http;
}
