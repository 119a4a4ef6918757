//! The ports that the graph declares for the program, and where they are reached on the host.

use super::super::arguments;
use crate::{
    graph::net::{OpenPort, PortDevice, ServicePort, TcpPort, UdpPort},
    net::Network,
};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use mirage_graph::port::{Protocol, loopback};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A port of the graph that the program may bind.
#[derive(Debug)]
struct DeclaredPort {
    protocol: Protocol,
    number: u16,
    /// The interfaces that have it.
    interfaces: Vec<Interface>,
}

/// An interface that has a port.
#[derive(Debug)]
struct Interface {
    /// `None` if a DHCP server leases it.
    address: Option<Ipv4Addr>,
    /// Where the port is reached.
    host: SocketAddrV4,
}

/// What a program binds if it asks for an address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// The address that it asks for.
    AsIs,
    /// The place of a declared port on the host.
    Mapped(SocketAddrV4),
    /// Nothing: the graph does not declare the port.
    NotDeclared,
    /// Nothing: it is the address of no interface that has the port.
    NotAvailable,
}

/// The ports that the graph declares.
#[derive(Debug, Default)]
pub(super) struct Ports(Vec<DeclaredPort>);

static PORTS: Mutex<Ports> = Mutex::new(Ports(Vec::new()));

/// Returns the ports of the process.
pub(super) fn declared() -> MutexGuard<'static, Ports> {
    PORTS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ports {
    /// Returns what a program binds if it asks for `address`.
    pub(super) fn resolve(&self, protocol: Protocol, address: SocketAddr) -> Binding {
        let (ip, number) = (address.ip().to_canonical(), address.port());
        if number == 0 || ip.is_loopback() {
            return Binding::AsIs;
        }
        let ports = self.0.iter();
        let mut ports = ports.filter(|port| port.is(protocol) && port.number == number);
        let mut interfaces = ports.clone().flat_map(|port| &port.interfaces);
        let found = match ip {
            _ if ports.next().is_none() => return Binding::NotDeclared,
            ip if ip.is_unspecified() => interfaces.next(),
            IpAddr::V4(ip) => interfaces.find(|interface| interface.address == Some(ip)),
            IpAddr::V6(_) => None,
        };
        found.map_or(Binding::NotAvailable, |interface| {
            Binding::Mapped(interface.host)
        })
    }

    /// Returns the number of the port that is reached at `host`, if there is one.
    pub(super) fn reached_at(&self, protocol: Protocol, host: SocketAddrV4) -> Option<u16> {
        let mut ports = self.0.iter().filter(|port| port.is(protocol));
        let port = ports.find(|port| {
            port.interfaces
                .iter()
                .any(|interface| interface.host == host)
        });
        port.map(|port| port.number)
    }
}

impl DeclaredPort {
    fn is(&self, protocol: Protocol) -> bool {
        self.protocol.common(protocol).is_some()
    }
}

/// Lets the program use a network. It uses that of the host.
pub fn attach(_network: &Network) {}

/// Lets the program bind a port.
#[allow(private_bounds, reason = "ports of this crate only")]
pub fn declare<P: DeclarePort, const COUNT: usize>(port: PortDevice<P, COUNT>) {
    let number = port.number();
    let interfaces = port.networks().iter().map(|network| {
        let interface = network.interface();
        let host = arguments::current().host_port(number, interface.ports);
        Interface {
            address: interface.address.map(|address| address.address),
            host: SocketAddrV4::new(loopback::of_interface(interface.index), host),
        }
    });
    let port = DeclaredPort {
        protocol: P::PROTOCOL,
        number,
        interfaces: interfaces.collect(),
    };
    declared().0.push(port);
}

/// A port that can be declared.
trait DeclarePort: OpenPort {
    const PROTOCOL: Protocol;
}

impl DeclarePort for TcpPort {
    const PROTOCOL: Protocol = Protocol::Tcp;
}

impl DeclarePort for UdpPort {
    const PROTOCOL: Protocol = Protocol::Udp;
}

impl DeclarePort for ServicePort {
    const PROTOCOL: Protocol = Protocol::Both;
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn place(text: &str) -> SocketAddrV4 {
        text.parse().expect("an address and a port")
    }

    fn port(protocol: Protocol, number: u16) -> DeclaredPort {
        let interfaces = [([10, 0, 0, 2], 1), ([192, 168, 1, 2], 2)];
        let interfaces = interfaces.into_iter().map(|(address, last)| Interface {
            address: Some(address.into()),
            host: SocketAddrV4::new([127, 0, 0, last].into(), number + 8000),
        });
        DeclaredPort {
            protocol,
            number,
            interfaces: interfaces.collect(),
        }
    }

    fn ports() -> Ports {
        let leased = DeclaredPort {
            protocol: Protocol::Tcp,
            number: 90,
            interfaces: vec![Interface {
                address: None,
                host: place("127.0.0.3:8090"),
            }],
        };
        Ports(vec![
            port(Protocol::Tcp, 80),
            port(Protocol::Udp, 123),
            port(Protocol::Both, 53),
            leased,
        ])
    }

    #[test]
    fn declared_ports_are_mapped() {
        for (protocol, asked, expected) in [
            (Protocol::Tcp, "0.0.0.0:80", "127.0.0.1:8080"),
            (Protocol::Tcp, "[::]:80", "127.0.0.1:8080"),
            (Protocol::Tcp, "10.0.0.2:80", "127.0.0.1:8080"),
            (Protocol::Tcp, "192.168.1.2:80", "127.0.0.2:8080"),
            (Protocol::Tcp, "[::ffff:192.168.1.2]:80", "127.0.0.2:8080"),
            (Protocol::Udp, "0.0.0.0:123", "127.0.0.1:8123"),
            (Protocol::Udp, "0.0.0.0:53", "127.0.0.1:8053"),
            (Protocol::Tcp, "0.0.0.0:53", "127.0.0.1:8053"),
            (Protocol::Tcp, "0.0.0.0:90", "127.0.0.3:8090"),
        ] {
            let asked = asked.parse().expect("an address and a port");
            let binding = ports().resolve(protocol, asked);
            assert_eq!(binding, Binding::Mapped(place(expected)), "{asked}");
        }
    }

    #[test]
    fn loopback_and_any_port_are_free() {
        for asked in [
            "127.0.0.1:81",
            "[::1]:81",
            "[::ffff:127.0.0.1]:81",
            "0.0.0.0:0",
            "[::]:0",
        ] {
            let asked = asked.parse().expect("an address and a port");
            assert_eq!(ports().resolve(Protocol::Tcp, asked), Binding::AsIs);
        }
    }

    #[test]
    fn other_ports_and_addresses_are_refused() {
        for (protocol, asked, expected) in [
            (Protocol::Tcp, "0.0.0.0:81", Binding::NotDeclared),
            (Protocol::Tcp, "[::]:123", Binding::NotDeclared),
            (Protocol::Udp, "10.0.0.2:80", Binding::NotDeclared),
            (Protocol::Tcp, "10.0.0.3:80", Binding::NotAvailable),
            (Protocol::Tcp, "10.0.0.2:90", Binding::NotAvailable),
            (Protocol::Tcp, "[fd00::2]:80", Binding::NotAvailable),
        ] {
            let asked = asked.parse().expect("an address and a port");
            assert_eq!(ports().resolve(protocol, asked), expected, "{asked}");
        }
    }

    #[test]
    fn a_port_is_found_by_its_place() {
        let ports = ports();
        assert_eq!(
            ports.reached_at(Protocol::Tcp, place("127.0.0.2:8080")),
            Some(80)
        );
        assert_eq!(
            ports.reached_at(Protocol::Udp, place("127.0.0.1:8053")),
            Some(53)
        );
        assert_eq!(
            ports.reached_at(Protocol::Tcp, place("127.0.0.1:8123")),
            None
        );
    }
}
