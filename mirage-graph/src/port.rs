//! Ports: their protocols, and where the host forwards them from.

/// The UDP port of a DHCP client (RFC 2131, section 4.1).
pub const DHCP_CLIENT: u16 = 68;

/// The protocol of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// A service: a TCP port and a UDP port with one number, as for DNS.
    Both,
}

impl Protocol {
    /// The key in the attribute, and the kind of the node.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Both => "port",
        }
    }

    /// The protocols that it stands for.
    pub const fn each(self) -> &'static [Self] {
        match self {
            Self::Tcp => &[Self::Tcp],
            Self::Udp => &[Self::Udp],
            Self::Both => &[Self::Tcp, Self::Udp],
        }
    }

    /// The protocol's usual name in messages.
    pub const fn acronym(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Both => "TCP and UDP",
        }
    }

    /// What both stand for; `None` if they have nothing in common.
    pub const fn common(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Tcp, Self::Udp) | (Self::Udp, Self::Tcp) => None,
            (Self::Both, common) | (common, _) => Some(common),
        }
    }
}

/// The first port that can be bound without privileges, and the offset of those below it on the host. If
/// that port is another one of the interface, the offset is larger.
const FIRST_UNPRIVILEGED: u16 = 1024;
const OFFSET: u16 = 8000;
const FURTHER: u16 = 1000;

/// The host's port that is forwarded to the port `guest` of an interface by default. `declared` are all
/// ports of the interface. Of two ports that are both moved for others, the places may still be the same.
///
/// ```
/// use mirage_graph::port::on_host;
///
/// assert_eq!(on_host(80, &[80, 443]), 8080);
/// assert_eq!(on_host(80, &[80, 8080]), 9080);
/// assert_eq!(on_host(1024, &[1024]), 1024);
/// ```
pub const fn on_host(guest: u16, declared: &[u16]) -> u16 {
    if guest >= FIRST_UNPRIVILEGED {
        return guest;
    }
    let mut host = guest + OFFSET;
    while is_of_another(host, guest, declared) && host < u16::MAX - FURTHER {
        host += FURTHER;
    }
    host
}

/// Whether the host's port `host` is that of a declared port other than `guest`.
const fn is_of_another(host: u16, guest: u16, declared: &[u16]) -> bool {
    let mut index = 0;
    while index < declared.len() {
        let other = declared[index];
        let other_host = if other < FIRST_UNPRIVILEGED {
            other + OFFSET
        } else {
            other
        };
        if other != guest && other_host == host {
            return true;
        }
        index += 1;
    }
    false
}

/// The host's loopback addresses, from which ports are forwarded.
pub mod loopback {
    use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    /// The loopback address for the interface at this position: 127.0.0.1 for the first.
    pub const fn of_interface(index: usize) -> Ipv4Addr {
        Ipv4Addr::from_bits(Ipv4Addr::LOCALHOST.to_bits() + index as u32)
    }

    /// The address at which the host's sockets stand for an interface: `::1` for the first if it has IPv6 only.
    /// There is only one of IPv6, so that other interfaces have their address of IPv4.
    pub const fn of_sockets(index: usize, has_ipv4: bool) -> IpAddr {
        match (index, has_ipv4) {
            (0, false) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            _ => IpAddr::V4(of_interface(index)),
        }
    }
}
