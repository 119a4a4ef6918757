#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::{Network, TcpListener}, unikernel};

#[unikernel(
    net(
        wan(ip6 = "slaac", mtu = 1280),
        lan(ip6 = boot("fd00::2"), gateway6 = boot("fd00::1"), congestion = "reno", ecn = "request"),
        dmz(ip6 = match target { unix => "slaac", _ => "fd02::8/127" }, conflict_detection = "strict"),
        far(ip6 = boot("slaac"), mac = "02:00:00:00:00:07"),
        old(ip = "dhcp"),
    ),
    tcp(http = 28080),
    outgoing = "none",
)]
async fn main(wan: Network, lan: Network, dmz: Network, far: Network, old: Network, http: TcpListener) {
    let _ = (wan, lan, dmz, far, old, http);
}
