#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::{Network, Service, TcpListener, UdpSocket}, unikernel};

#[unikernel(net(wan(driver = "auto", ip = "10.0.0.2/24", gateway = "10.0.0.1", mtu = 1400, udp(query = 40053)), lan(ip = "10.1.0.1", mac = "02:00:00:00:00:01", port(dns = 28053)), _dmz(driver = "virtio", ip = "10.2.0.1")), tcp(http = 28054))]
async fn main(http: TcpListener, dns: Service, wan: Network, _dmz: Network, query: UdpSocket) {
    let _ = (http, dns.tcp, dns.udp, wan, query);
}
