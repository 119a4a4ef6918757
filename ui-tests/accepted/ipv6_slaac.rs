#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::vec::Vec;
use mirage_rt::{net::{Network, TcpListener}, unikernel};

#[unikernel(
    net(
        wan(ip = "10.0.0.2", ip6 = "slaac", mtu = 1280),
        lan(ip = "dhcp", ip6 = boot("slaac"), gateway6 = boot, dns = boot),
        dmz(ip = "10.2.0.1", ip6 = match target { unix => "fd02::9/127", _ => "slaac" }, conflict_detection = "strict"),
        far(ip = boot("dhcp"), ip6 = boot("slaac")),
    ),
    outgoing = "none",
    tcp(http = 28081),
)]
async fn main(wan: Network, lan: Network, dmz: Network, far: Network, http: TcpListener) {
    let servers = [&wan, &lan, &dmz, &far].map(Network::ipv6_name_servers);
    assert!(servers.iter().all(Vec::is_empty), "the host has its own");
    drop(http);
}
