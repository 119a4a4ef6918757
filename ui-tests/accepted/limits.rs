#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    net::{Service, TcpListener, UdpSocket},
    unikernel,
};

const MAX: u16 = 500;

mod plan {
    pub const BUFFER: &str = "4KiB";
}

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    tcp(
        http(port = 28110, connections = 1000, receive = "4KiB", transmit = "16KiB"),
        admin = 28111,
        reno(port = 28115, congestion = "reno"),
        bbr(port = 28116, congestion = "bbr"),
        few(connections = match target { unix => 3, _ => MAX / 100 }, port = 28112),
        constant(port = 28113, receive = plan::BUFFER),
    ),
    udp(dns(port = 28110, datagrams = 256, receive = "64KiB", transmit = plan::BUFFER)),
    port(both(port = 28114, connections = MAX, datagrams = 8, congestion = "cubic")),
)]
async fn main(
    http: TcpListener,
    admin: TcpListener,
    reno: TcpListener,
    bbr: TcpListener,
    few: TcpListener,
    constant: TcpListener,
    dns: UdpSocket,
    both: Service,
) {
    assert_eq!([http.port(), admin.port(), few.port()], [28110, 28111, 28112]);
    assert_eq!([reno.port(), bbr.port()], [28115, 28116]);
    assert_eq!([constant.port(), dns.port(), both.tcp.port()], [28113, 28110, 28114]);
}
