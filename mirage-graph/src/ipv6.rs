//! IPv6 addresses, as the attribute writes them: `fd00::2` and `fd00::2/48`.

mod error;
mod or_slaac;
mod validate;

pub use error::Ipv6Error;
pub use or_slaac::{AddressOrSlaac, SLAAC};
pub use validate::{Ipv6Gateway, gateway};

use core::{fmt, net::Ipv6Addr};

/// The prefix length of an address that is written without one.
pub const DEFAULT_PREFIX_LENGTH: u8 = 64;

/// The smallest MTU with which an interface can have IPv6, in bytes (RFC 8200, section 5).
pub const MIN_MTU: u16 = 1280;

/// An interface's IPv6 address and the network that it is in.
///
/// ```
/// use mirage_graph::ipv6::Ipv6InterfaceAddress;
///
/// let address: Ipv6InterfaceAddress = "fd00::2/48".parse()?;
/// assert_eq!(address.prefix_length, 48);
/// # Ok::<(), mirage_graph::ipv6::Ipv6Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ipv6InterfaceAddress {
    /// The address.
    pub address: Ipv6Addr,
    /// The number of leading bits that denote the network, 0 to 128.
    pub prefix_length: u8,
}

impl Ipv6InterfaceAddress {
    /// The network's own address.
    pub const fn network(self) -> Self {
        let mask = mask(self.prefix_length);
        Self {
            address: Ipv6Addr::from_bits(self.address.to_bits() & mask),
            ..self
        }
    }

    /// Whether `address` is in the network.
    ///
    /// ```
    /// use mirage_graph::ipv6::Ipv6InterfaceAddress;
    ///
    /// let interface: Ipv6InterfaceAddress = "fd00::2/64".parse()?;
    /// assert!(interface.contains("fd00::7".parse().unwrap()));
    /// assert!(!interface.contains("fd00:0:0:1::7".parse().unwrap()));
    /// # Ok::<(), mirage_graph::ipv6::Ipv6Error>(())
    /// ```
    pub const fn contains(self, address: Ipv6Addr) -> bool {
        (self.address.to_bits() ^ address.to_bits()) & mask(self.prefix_length) == 0
    }
}

impl fmt::Display for Ipv6InterfaceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_length)
    }
}

/// The reason why no host can have an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ipv6NotAHost {
    /// `::`.
    Unspecified,
    /// `::1`.
    Loopback,
    /// `ff00::/8`.
    Multicast,
    /// `fe80::/10`: each interface has one by itself.
    LinkLocal,
    /// `::ffff:0:0/96`, addresses of IPv4.
    Mapped,
    /// The first address of its network, which all its routers have (RFC 4291, section 2.6.1).
    Routers,
}

impl Ipv6NotAHost {
    /// Describes the address in messages.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Unspecified => "the unspecified address",
            Self::Loopback => "the loopback address",
            Self::Multicast => "a multicast address",
            Self::LinkLocal => "a link-local address, which every interface has by itself",
            Self::Mapped => "an IPv4 address in the form of an IPv6 address",
            Self::Routers => "the address of all routers of its network",
        }
    }
}

/// Why no host of a network with this prefix length can have `address`; `None` if one can.
///
/// Networks of one or two addresses have no address of all routers (RFC 6164).
fn not_a_host(address: Ipv6Addr, prefix_length: u8) -> Option<Ipv6NotAHost> {
    let is_first = address.to_bits() & !mask(prefix_length) == 0;
    match address {
        Ipv6Addr::UNSPECIFIED => Some(Ipv6NotAHost::Unspecified),
        Ipv6Addr::LOCALHOST => Some(Ipv6NotAHost::Loopback),
        _ if address.is_multicast() => Some(Ipv6NotAHost::Multicast),
        _ if address.is_unicast_link_local() => Some(Ipv6NotAHost::LinkLocal),
        _ if address.to_ipv4_mapped().is_some() => Some(Ipv6NotAHost::Mapped),
        _ if is_first && prefix_length < 127 => Some(Ipv6NotAHost::Routers),
        _ => None,
    }
}

/// Whether both addresses are in one network of this prefix length.
fn same_network(one: Ipv6Addr, other: Ipv6Addr, prefix_length: u8) -> bool {
    (one.to_bits() ^ other.to_bits()) & mask(prefix_length) == 0
}

/// The bits that denote the network.
const fn mask(prefix_length: u8) -> u128 {
    match u128::MAX.checked_shl(128 - prefix_length as u32) {
        Some(mask) => mask,
        None => 0,
    }
}
