#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::{TcpListener, UdpSocket}, unikernel};

mod plan {
    pub const WEB: &str = "10.0.0.2/24";
    pub const ROUTER: &str = "10.0.0.1";
    pub const MAC: &str = "02:00:00:00:00:01";
    pub const MAX_MTU: u16 = 1500;
    pub const PORTS: [u16; 1] = [28065];

    pub const fn port(number: u16) -> u16 {
        number
    }
}

const HTTP: u16 = 28060;

#[unikernel(net = "virtio", ip = plan::WEB, gateway = plan::ROUTER, mac = plan::MAC, mtu = plan::MAX_MTU - 100, memory = concat!("16", "MiB"), tcp(http = HTTP, admin = { HTTP + 1 }, image = 28062), udp(dns = plan::PORTS[0], http_1 = plan::port(28066)))]
async fn main(http: TcpListener, admin: TcpListener, image: TcpListener, dns: UdpSocket, http_1: UdpSocket) {
    assert_eq!([http.port(), admin.port(), image.port()], [28060, 28061, 28062]);
    assert_eq!([dns.port(), http_1.port()], [28065, 28066]);
}
