#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::{Network, TcpListener}, unikernel};

#[unikernel(net(wan(ip = "dhcp", tcp(http = 28070)), dmz(ip = match target { unix => "10.2.0.1", _ => "dhcp" }), lan(ip = boot("10.1.0.1"))))]
async fn main(wan: Network, http: TcpListener, dmz: Network, lan: Network) {
    assert!(wan.name_servers().is_empty() && wan.address().is_none());
    let _ = (http, dmz, lan);
}
