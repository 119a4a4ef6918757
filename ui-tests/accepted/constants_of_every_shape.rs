#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    net::{TcpListener, UdpSocket},
    unikernel,
};

struct Plan {
    port: u16,
}

const FIRST: u16 = 28200;

#[unikernel(
    net = "virtio",
    ip = ("10.0.0.2"),
    gateway = ["10.0.0.1"][0],
    mac = concat!("02:00:00:00", ":00:01"),
    mtu = (1400),
    memory = { "16MiB" },
    tcp(
        cast = 28101u32 as u16,
        byte = b'P' as u16 + 28000,
        element = [28102, 28103][1],
        method = 28104u16.saturating_add(1),
        field = Plan { port: 28106 }.port,
        sum = 28000 + 107,
        complement = !37427_u16,
        member = (28109, 28110).1,
        condition = if FIRST > 28000 { 28111 } else { 28112 },
        shifted = 14056 << 1,
        dereferenced = *&28113,
        inner = const { 28114 },
        quotient = 28116 / 1,
    ),
    udp(choice = match FIRST { 28200 => 28115, other => other }),
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
    assert_eq!(ports, [28101, 28080, 28103, 28105, 28106, 28107, 28108]);
    let ports = [member, condition, shifted, dereferenced, inner, quotient].map(|each| each.port());
    assert_eq!(ports, [28110, 28111, 28112, 28113, 28114, 28116]);
    assert_eq!(choice.port(), 28115);
}
