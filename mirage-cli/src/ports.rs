//! The ports that a unikernel listens on, and the host ports that are forwarded to them.

use crate::failure::{Failure, Result};
use mirage_graph::{
    graph::{Graph, Node, NodeId, NodeKind},
    port::{self, Protocol, loopback},
    readiness::OpenPort,
};
use mirage_user_network::PublishedPort;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    str::FromStr,
};

/// A port that the unikernel listens on, on one of its interfaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The node.
    pub node: NodeId,
    /// The node's name.
    pub name: String,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// The port's number.
    pub number: u16,
    /// The interface's position among the unikernel's.
    pub interface: usize,
    /// Whether the interface has IPv4, by which user networks forward ports.
    pub has_ipv4: bool,
}

impl Port {
    /// All ports of a unikernel.
    pub fn all(graph: &Graph) -> Vec<Self> {
        let interfaces: Vec<_> = graph.interfaces().collect();
        let mut ports = Vec::new();
        for (node, Node { name, kind, on, .. }) in graph.iter() {
            let NodeKind::Port(protocol, number, _) = kind else {
                continue;
            };
            let Some(number) = number.value.get() else {
                continue;
            };
            for used in on {
                let found = interfaces.iter().enumerate();
                let mut found = found.filter(|(_, (interface, _))| *interface == used.node);
                let Some((interface, (_, config))) = found.next() else {
                    continue;
                };
                ports.extend(protocol.each().iter().map(|protocol| Self {
                    node,
                    name: name.clone(),
                    protocol: *protocol,
                    number,
                    interface,
                    has_ipv4: config.has_ipv4(),
                }));
            }
        }
        ports
    }

    /// The address of the host at which the port is reached.
    pub fn host_address(&self) -> Ipv4Addr {
        loopback::of_interface(self.interface)
    }

    /// The address of the host at which the port is reached over IPv6. There is one loopback address, which is that of
    /// the first interface.
    pub fn host_ipv6_address(&self) -> Option<Ipv6Addr> {
        (self.interface == 0).then_some(Ipv6Addr::LOCALHOST)
    }

    /// The forward to the port, which is one of `ports`.
    pub fn forward(&self, ports: &[Self], requested: &[Forward]) -> Forward {
        let ports = ports.iter();
        let of_interface = ports.filter(|port| port.interface == self.interface);
        let declared: Vec<_> = of_interface.map(|port| port.number).collect();
        Forward::for_port(self.number, &declared, requested)
    }

    /// The message of a guest with this address that the port is open. Connecting to a forwarded port
    /// would prove nothing: QEMU accepts connections before the guest runs.
    pub fn open_at(&self, address: impl Into<IpAddr>) -> OpenPort {
        OpenPort {
            protocol: self.protocol,
            port: self.number,
            address: SocketAddr::new(address.into(), self.number),
        }
    }
}

/// A host port and the port of the unikernel that it is forwarded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The port on the host's own address.
    pub host: u16,
    /// The unikernel's port.
    pub guest: u16,
}

impl Forward {
    /// Returns the forward to the port `guest`: the one in `requested`, or by default a host port that
    /// needs no privileges. `declared` are the ports of the interface.
    pub fn for_port(guest: u16, declared: &[u16], requested: &[Self]) -> Self {
        let mut requested = requested.iter().copied();
        let found = requested.find(|forward| forward.guest == guest);
        found.unwrap_or(Self {
            host: port::on_host(guest, declared),
            guest,
        })
    }
}

/// Chooses the host addresses of the ports of the interface at position `interface`; there are none if it has IPv6
/// only.
///
/// # Errors
/// Returns a failure if two of them would have the same address.
pub fn publish(
    graph: &Graph,
    interface: usize,
    forwards: &[Forward],
) -> Result<Vec<PublishedPort>> {
    let host_address = |port: &Port| port.has_ipv4.then(|| port.host_address().into());
    publish_at(graph, interface, forwards, host_address)
}

/// The same for the host addresses at which the ports are reached over IPv6. A host without IPv6 has none.
///
/// # Errors
/// Returns a failure if two of them would have the same address.
pub fn publish_ipv6(
    graph: &Graph,
    interface: usize,
    forwards: &[Forward],
) -> Result<Vec<PublishedPort>> {
    if !host_has_ipv6() {
        return Ok(Vec::new());
    }
    let host_address = |port: &Port| port.host_ipv6_address().map(IpAddr::from);
    publish_at(graph, interface, forwards, host_address)
}

/// Whether the host has the loopback address of IPv6.
pub fn host_has_ipv6() -> bool {
    UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

fn publish_at(
    graph: &Graph,
    interface: usize,
    forwards: &[Forward],
    host_address: impl Fn(&Port) -> Option<IpAddr>,
) -> Result<Vec<PublishedPort>> {
    let ports = Port::all(graph).into_iter();
    let ports = ports.filter(|port| port.interface == interface);
    publish_all(ports, forwards, host_address)
}

fn publish_all(
    ports: impl IntoIterator<Item = Port>,
    forwards: &[Forward],
    host_address: impl Fn(&Port) -> Option<IpAddr>,
) -> Result<Vec<PublishedPort>> {
    let mut published: Vec<PublishedPort> = Vec::new();
    let ports: Vec<_> = ports.into_iter().collect();
    for port in &ports {
        let Forward { host, guest } = port.forward(&ports, forwards);
        let Some(address) = host_address(port) else {
            continue;
        };
        let host = SocketAddr::new(address, host);
        let same = |other: &&PublishedPort| other.protocol == port.protocol && other.host == host;
        if let Some(other) = published.iter().find(same) {
            return Err(Failure::usage(format_args!(
                "the ports {} and {guest} would both use host port {host}",
                other.guest
            ))
            .help(format_args!("choose another port with `-P HOST:{guest}`")));
        }
        published.push(PublishedPort {
            protocol: port.protocol,
            host,
            guest,
        });
    }
    Ok(published)
}

/// A host port and the port of a unikernel of an application that it is forwarded to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedForward {
    /// The port on the host's own address.
    pub host: u16,
    /// The unikernel's name.
    pub unikernel: String,
    /// The name of its port.
    pub port: String,
}

impl FromStr for NamedForward {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let read = || {
            let (host, to) = text.split_once(':')?;
            let (unikernel, port) = to.split_once('.')?;
            Some(Self {
                host: host.parse().ok().filter(|port| *port != 0)?,
                unikernel: unikernel.into(),
                port: port.into(),
            })
        };
        read().ok_or_else(|| "expected HOST:NAME.PORT, such as 8000:web.http".into())
    }
}

impl FromStr for Forward {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let port = |text: &str| text.parse().ok().filter(|port| *port != 0);
        text.split_once(':')
            .and_then(|(host, guest)| {
                Some(Self {
                    host: port(host)?,
                    guest: port(guest)?,
                })
            })
            .ok_or_else(|| "expected HOST:GUEST, two ports from 1 to 65535, such as 8080:80".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::example;

    #[test]
    fn the_graphs_ports_are_awaited() {
        let ports = Port::all(&example()).into_iter();
        let messages = ports.map(|port| port.open_at([10, 0, 0, 2]).to_string());
        let expected = [
            "ready: tcp port 80 at 10.0.0.2:80",
            "ready: udp port 53 at 10.0.0.2:53",
        ];
        assert_eq!(messages.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_port_is_forwarded_by_rule_or_by_request() {
        let requested = ["9000:80".parse().expect("two ports")];
        assert_eq!(Forward::for_port(80, &[80], &requested).host, 9000);
        assert_eq!(Forward::for_port(7, &[7], &requested).host, 8007);
        assert_eq!(Forward::for_port(1023, &[1023], &[]).host, 9023);
        assert_eq!(Forward::for_port(1024, &[1024], &[]).host, 1024);
        assert_eq!(Forward::for_port(80, &[80, 8080], &[]).host, 9080);
        assert_eq!(Forward::for_port(23, &[23, 8023, 1023], &[]).host, 10023);
    }

    #[test]
    fn two_ports_at_one_host_port_by_request_are_refused() {
        let port = |number| Port {
            name: "port".into(),
            protocol: Protocol::Tcp,
            number,
            node: NodeId(0),
            interface: 0,
            has_ipv4: true,
        };
        let publish = |requested: &[Forward]| {
            let ports = [port(80), port(8080)];
            publish_all(ports, requested, |port| Some(port.host_address().into()))
        };
        let addresses = |requested: &[Forward]| {
            let published = publish(requested).expect("two addresses");
            let addresses = published.iter().map(|port| port.host.to_string());
            addresses.collect::<Vec<_>>()
        };
        assert_eq!(addresses(&[]), ["127.0.0.1:9080", "127.0.0.1:8080"]);
        let requested = ["9000:80".parse().expect("two ports")];
        assert_eq!(addresses(&requested), ["127.0.0.1:9000", "127.0.0.1:8080"]);
        let requested = ["8080:80".parse().expect("two ports")];
        assert!(publish(&requested).is_err());
    }

    #[test]
    fn the_first_interface_has_the_loopback_address_of_ipv6() {
        let port = |interface| Port {
            name: "port".into(),
            protocol: Protocol::Tcp,
            number: 80,
            node: NodeId(0),
            interface,
            has_ipv4: true,
        };
        let host_address = |port: &Port| port.host_ipv6_address().map(IpAddr::from);
        let published = publish_all([port(0), port(1)], &[], host_address).expect("one address");
        let addresses: Vec<_> = published.iter().map(|port| port.host.to_string()).collect();
        assert_eq!(addresses, ["[::1]:8080"]);
    }

    #[test]
    fn what_is_not_two_ports_is_refused() {
        for text in ["80", "0:80", "80:", "8080:65536", "a:b", "1:2:3"] {
            assert!(text.parse::<Forward>().is_err(), "{text}");
        }
    }
}
