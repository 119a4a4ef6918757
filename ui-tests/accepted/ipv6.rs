#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::{Network, TcpListener}, unikernel};

#[unikernel(
    net(
        wan(ip = "10.0.0.2", ip6 = "2001:db8::2/48", gateway6 = boot("fe80::1"), mtu = 1280),
        lan(ip = "dhcp", ip6 = boot("fd00::2")),
        dmz(ip = "10.2.0.1", ip6 = match target { unix => boot("fd02::9/127"), _ => "fd02::8/127" }, conflict_detection = "strict"),
        far(ip = "10.3.0.1", ip6 = "fd03::2/128"),
    ),
    tcp(http = 28080),
)]
async fn main(wan: Network, lan: Network, dmz: Network, far: Network, http: TcpListener) {
    let _ = (wan, lan, dmz, far, http);
}
