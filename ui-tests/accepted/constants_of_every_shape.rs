#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    net::{TcpListener, UdpSocket},
    unikernel,
};

struct Plan {
    port: u16,
}

const FIRST: u16 = 48200;

#[unikernel(
    net = "virtio",
    ip = ("10.0.0.2"),
    gateway = ["10.0.0.1"][0],
    mac = concat!("02:00:00:00", ":00:01"),
    mtu = (1400),
    memory = { "16MiB" },
    tcp(
        cast = 48101u32 as u16,
        byte = b'P' as u16 + 48000,
        element = [48102, 48103][1],
        method = 48104u16.saturating_add(1),
        field = Plan { port: 48106 }.port,
        sum = 48000 + 107,
        complement = !17427_u16,
        member = (48109, 48110).1,
        condition = if FIRST > 48000 { 48111 } else { 48112 },
        shifted = 24056 << 1,
        dereferenced = *&48113,
        inner = const { 48114 },
        quotient = 48116 / 1,
    ),
    udp(choice = match FIRST { 48200 => 48115, other => other }),
)]
async fn main(
    cast: TcpListener,
    byte: TcpListener,
    element: TcpListener,
    method: TcpListener,
    field: TcpListener,
    sum: TcpListener,
    complement: TcpListener,
    member: TcpListener,
    condition: TcpListener,
    shifted: TcpListener,
    dereferenced: TcpListener,
    inner: TcpListener,
    quotient: TcpListener,
    choice: UdpSocket,
) {
    let ports = [cast, byte, element, method, field, sum, complement].map(|each| each.port());
    assert_eq!(ports, [48101, 48080, 48103, 48105, 48106, 48107, 48108]);
    let ports = [member, condition, shifted, dereferenced, inner, quotient].map(|each| each.port());
    assert_eq!(ports, [48110, 48111, 48112, 48113, 48114, 48116]);
    assert_eq!(choice.port(), 48115);
}
