//! IPv4 addresses, as the attribute writes them: `10.0.0.2` and `10.0.0.2/16`.

mod or_dhcp;
mod validate;

use crate::text::Text;
use core::{fmt, net::Ipv4Addr};

pub use or_dhcp::{AddressOrDhcp, DHCP};
pub use validate::gateway;

/// The prefix length of an address that is written without one.
pub const DEFAULT_PREFIX_LENGTH: u8 = 24;

/// An interface's address and the network that it is in.
///
/// ```
/// use mirage_graph::address::InterfaceAddress;
///
/// let address: InterfaceAddress = "10.0.0.2/16".parse()?;
/// assert_eq!(address.prefix_length, 16);
/// # Ok::<(), mirage_graph::value_error::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterfaceAddress {
    /// The address.
    pub address: Ipv4Addr,
    /// The number of leading bits that denote the network, 0 to 32.
    pub prefix_length: u8,
}

impl InterfaceAddress {
    /// The network's own address.
    pub const fn network(self) -> Self {
        Self {
            address: network(self.address, self.prefix_length),
            ..self
        }
    }

    /// Whether `address` is in the network.
    pub const fn contains(self, address: Ipv4Addr) -> bool {
        same_network(self.address, address, self.prefix_length)
    }
}

impl<const CAPACITY: usize> Text<CAPACITY> {
    /// Appends an address and its prefix length, `10.0.0.2/24`.
    #[must_use]
    pub const fn with_interface(self, interface: InterfaceAddress) -> Self {
        self.with_address(interface.address)
            .with("/")
            .with_number(interface.prefix_length as u64)
    }
}

impl fmt::Display for InterfaceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_length)
    }
}

/// The reason why a text is not an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// Not four numbers from 0 to 255, separated by dots.
    Address,
    /// The text after the slash is not a number from 0 to 32.
    PrefixLength,
}

/// Parses an address: four decimal numbers without leading zeros.
///
/// # Errors
/// Returns [`Malformed::Address`] if `text` is not an address.
pub const fn parse(text: &str) -> Result<Ipv4Addr, Malformed> {
    let bytes = text.as_bytes();
    match address(bytes) {
        Some((address, end)) if end == bytes.len() => Ok(address),
        _ => Err(Malformed::Address),
    }
}

/// Parses the address and, if it is given, the prefix length of an interface.
///
/// # Errors
/// Returns an error if `text` is not an address, or if the prefix length is not from 0 to 32.
///
/// ```
/// use mirage_graph::address;
///
/// let written = address::parse_with_prefix("10.0.0.2/16");
/// assert_eq!(written, Ok((core::net::Ipv4Addr::new(10, 0, 0, 2), Some(16))));
/// ```
pub const fn parse_with_prefix(text: &str) -> Result<(Ipv4Addr, Option<u8>), Malformed> {
    let bytes = text.as_bytes();
    let Some((address, end)) = address(bytes) else {
        return Err(Malformed::Address);
    };
    if end == bytes.len() {
        return Ok((address, None));
    }
    if bytes[end] != b'/' {
        return Err(Malformed::Address);
    }
    match number(bytes, end + 1, 32) {
        Some((length, end)) if end == bytes.len() => Ok((address, Some(length))),
        _ => Err(Malformed::PrefixLength),
    }
}

/// Parses an address at the beginning of `bytes`. Also returns its end.
const fn address(bytes: &[u8]) -> Option<(Ipv4Addr, usize)> {
    let mut octets = [0; 4];
    let mut end = 0;
    let mut index = 0;
    while index < octets.len() {
        if index > 0 {
            if end >= bytes.len() || bytes[end] != b'.' {
                return None;
            }
            end += 1;
        }
        (octets[index], end) = match number(bytes, end, 255) {
            Some(number) => number,
            None => return None,
        };
        index += 1;
    }
    let [a, b, c, d] = octets;
    Some((Ipv4Addr::new(a, b, c, d), end))
}

/// Parses a number up to `largest` at `start`, without leading zeros. Also returns its end.
const fn number(bytes: &[u8], start: usize, largest: u16) -> Option<(u8, usize)> {
    let mut value = 0;
    let mut end = start;
    while end < bytes.len() && bytes[end].is_ascii_digit() {
        if end > start && value == 0 {
            return None;
        }
        value = value * 10 + (bytes[end] - b'0') as u16;
        if value > largest {
            return None;
        }
        end += 1;
    }
    if end == start {
        None
    } else {
        Some((value as u8, end))
    }
}

/// The reason why no host can have an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAHost {
    /// 0.0.0.0/8 (RFC 1122, section 3.2.1.3).
    Unspecified,
    /// 127.0.0.0/8.
    Loopback,
    /// 224.0.0.0/4 (RFC 5771).
    Multicast,
    /// 240.0.0.0/4 (RFC 1112, section 4).
    Reserved,
    /// 255.255.255.255.
    Broadcast,
    /// The first address of its network.
    Network,
    /// The last address of its network.
    NetworkBroadcast,
}

impl NotAHost {
    /// Describes the address in messages.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Unspecified => "an address of \"this network\"",
            Self::Loopback => "a loopback address",
            Self::Multicast => "a multicast address",
            Self::Reserved => "a reserved address",
            Self::Broadcast => "the broadcast address",
            Self::Network => "the address of its network",
            Self::NetworkBroadcast => "the broadcast address of its network",
        }
    }
}

/// Why no host of a network with this prefix length can have `address`; `None` if one can.
///
/// Networks of one or two addresses have no address of their own (RFC 3021).
pub const fn not_a_host(address: Ipv4Addr, prefix_length: u8) -> Option<NotAHost> {
    let hosts = !mask(prefix_length);
    let host = address.to_bits() & hosts;
    match address.octets()[0] {
        0 => Some(NotAHost::Unspecified),
        127 => Some(NotAHost::Loopback),
        224..=239 => Some(NotAHost::Multicast),
        240.. if address.to_bits() == u32::MAX => Some(NotAHost::Broadcast),
        240.. => Some(NotAHost::Reserved),
        _ if prefix_length >= 31 => None,
        _ if host == 0 => Some(NotAHost::Network),
        _ if host == hosts => Some(NotAHost::NetworkBroadcast),
        _ => None,
    }
}

/// Whether both addresses are in one network of this prefix length.
pub const fn same_network(left: Ipv4Addr, right: Ipv4Addr, prefix_length: u8) -> bool {
    (left.to_bits() ^ right.to_bits()) & mask(prefix_length) == 0
}

/// The network's own address.
pub const fn network(address: Ipv4Addr, prefix_length: u8) -> Ipv4Addr {
    Ipv4Addr::from_bits(address.to_bits() & mask(prefix_length))
}

/// The bits that denote the network.
const fn mask(prefix_length: u8) -> u32 {
    match u32::MAX.checked_shl(32 - prefix_length as u32) {
        Some(mask) => mask,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_four_numbers() {
        assert_eq!(parse("10.0.0.2"), Ok(Ipv4Addr::new(10, 0, 0, 2)));
        assert_eq!(parse("255.255.255.255"), Ok(Ipv4Addr::BROADCAST));
        for text in [
            "",
            "10",
            "10.0.0",
            "10.0.0.",
            "10.0.0.256",
            "10.0.0.2.",
            "10.0.0.2.3",
            "10.0.0.02",
            "10.0.0.x",
            " 10.0.0.2",
            "10.0.0.2 ",
            "10..0.2",
            "-1.0.0.2",
            "10.0.0.2/24",
            "::1",
        ] {
            assert_eq!(parse(text), Err(Malformed::Address), "{text:?}");
        }
    }

    #[test]
    fn a_prefix_length_is_at_most_32() {
        let address = Ipv4Addr::new(10, 0, 0, 2);
        assert_eq!(parse_with_prefix("10.0.0.2"), Ok((address, None)));
        assert_eq!(parse_with_prefix("10.0.0.2/0"), Ok((address, Some(0))));
        assert_eq!(parse_with_prefix("10.0.0.2/32"), Ok((address, Some(32))));
        for text in [
            "10.0.0.2/",
            "10.0.0.2/33",
            "10.0.0.2/08",
            "10.0.0.2/24/",
            "10.0.0.2/-1",
        ] {
            assert_eq!(
                parse_with_prefix(text),
                Err(Malformed::PrefixLength),
                "{text:?}"
            );
        }
        assert_eq!(parse_with_prefix("10.0.0.2:24"), Err(Malformed::Address));
    }

    #[test]
    fn no_host_has_an_address_that_means_something_else() {
        let what = |text: &str| {
            let (address, length) = parse_with_prefix(text).expect("an address");
            not_a_host(address, length.unwrap_or(DEFAULT_PREFIX_LENGTH))
        };
        assert_eq!(what("0.0.0.0"), Some(NotAHost::Unspecified));
        assert_eq!(what("127.0.0.1/8"), Some(NotAHost::Loopback));
        assert_eq!(what("224.0.0.251"), Some(NotAHost::Multicast));
        assert_eq!(what("250.0.0.1"), Some(NotAHost::Reserved));
        assert_eq!(what("255.255.255.255"), Some(NotAHost::Broadcast));
        assert_eq!(what("10.0.0.0"), Some(NotAHost::Network));
        assert_eq!(what("10.0.0.255"), Some(NotAHost::NetworkBroadcast));
        assert_eq!(what("10.0.1.0/16"), None);
        assert_eq!(what("10.0.0.0/31"), None);
        assert_eq!(what("10.0.0.0/32"), None);
    }

    #[test]
    fn networks_are_compared_by_their_prefix() {
        let [one, other] = [Ipv4Addr::new(10, 0, 0, 2), Ipv4Addr::new(10, 0, 1, 1)];
        assert!(!same_network(one, other, 24));
        assert!(same_network(one, other, 16));
        assert!(same_network(one, other, 0));
        assert!(!same_network(one, other, 32));
        assert_eq!(network(one, 24), Ipv4Addr::new(10, 0, 0, 0));
    }
}
