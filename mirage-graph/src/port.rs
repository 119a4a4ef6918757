//! Port numbers and packet sizes: which numbers are ones, and where a port is on the host.

mod validate;

use core::ops::RangeInclusive;

pub use validate::{limit, listened_on, mtu};

/// Ports that can be listened on; 0 means "any" to other systems.
pub const PORTS: RangeInclusive<u64> = 1..=65535;

/// The UDP port of a DHCP client (RFC 2131, section 4.1).
pub const DHCP_CLIENT: u16 = 68;

/// The largest IP packet that an interface may carry, in bytes: what every host must take
/// (RFC 791, section 3.1) up to a jumbo frame.
pub const MTUS: RangeInclusive<u64> = 576..=9000;

/// What is spoken at a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// A service that listens at both under one number, as DNS does.
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

    /// As the field writes it.
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

/// Connections at a time, or datagrams that wait, that a port may be limited to.
pub const LIMITS: RangeInclusive<u64> = 1..=65535;

/// Ports below this one take privileges to listen on, and what is added to them for those who
/// have none.
const FIRST_UNPRIVILEGED: u16 = 1024;
const ADDED: u16 = 8000;

/// The port of the host at which the port `guest` of a unikernel is reached, unless something else
/// is asked for.
///
/// ```
/// use mirage_graph::port::on_host;
///
/// assert_eq!(on_host(80), 8080);
/// assert_eq!(on_host(1024), 1024);
/// ```
pub const fn on_host(guest: u16) -> u16 {
    if guest < FIRST_UNPRIVILEGED {
        guest + ADDED
    } else {
        guest
    }
}

/// Addresses of the host at which interfaces are reached.
pub mod loopback {
    use core::net::Ipv4Addr;

    /// The address of the host at which the ports of the interface of this position are reached:
    /// each has one of its own, 127.0.0.1 the first.
    pub const fn of_interface(index: usize) -> Ipv4Addr {
        Ipv4Addr::from_bits(Ipv4Addr::LOCALHOST.to_bits() + index as u32)
    }
}
