//! A guest with smoltcp's stack at the other end of the link, and sockets of this host.

mod frames;
mod guest;
mod icmp;
mod ipv6;
mod slaac;
mod tcp;
mod udp;

use super::{
    addresses::{EXAMPLE, IPV6_EXAMPLE},
    *,
};
use guest::Guest;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// How long a test waits before it fails.
const DEADLINE: time::Duration = time::Duration::from_secs(20);

/// The loopback addresses of this host, and the guest's and the gateway's addresses of the same family.
const FAMILIES: [(IpAddr, IpAddr, IpAddr); 2] = [
    (
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V4(EXAMPLE.guest),
        IpAddr::V4(EXAMPLE.gateway),
    ),
    (
        IpAddr::V6(Ipv6Addr::LOCALHOST),
        IpAddr::V6(IPV6_EXAMPLE.guest.unwrap()),
        IpAddr::V6(IPV6_EXAMPLE.gateway),
    ),
];

/// A free address of this host.
fn free(loopback: IpAddr) -> SocketAddr {
    let listener = TcpListener::bind((loopback, 0)).expect("a free port");
    listener.local_addr().expect("a bound socket")
}

fn published(protocol: Protocol, loopback: IpAddr, guest: u16) -> PublishedPort {
    PublishedPort {
        protocol,
        host: free(loopback),
        guest,
    }
}

#[test]
fn a_port_in_use_is_an_error() {
    let protocols = [Protocol::Tcp, Protocol::Udp, Protocol::Both];
    for (protocol, (loopback, ..)) in protocols.into_iter().zip(FAMILIES.into_iter().cycle()) {
        let web = published(protocol, loopback, 80);
        let _owners = (TcpListener::bind(web.host), UdpSocket::bind(web.host));
        let network = SocketPair::new().expect("two sockets").network;
        let error = UserNetwork::new(network, &EXAMPLE, &[web]).expect_err("it is in use");
        let message = format!("{}, which leads to port 80: ", web.host);
        assert!(error.to_string().starts_with(&message), "{error}");
        assert!(web.check_free().is_err());
    }
}
