#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

mod plan {
    pub const WAN: &str = "10.0.0.2/16";
    pub const LAN: &str = "10.0.9.1/24";
}

#[unikernel(net(wan(ip = plan::WAN), lan(ip = plan::LAN)), tcp(http = 80))]
//~                                           ^^^^^^^^^ MIR028
async fn main(_http: TcpListener) {}
