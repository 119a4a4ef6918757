//! Which IPv6 addresses an interface and its gateway can have.

use super::{
    DEFAULT_PREFIX_LENGTH, Ipv6Error, Ipv6InterfaceAddress, Ipv6NotAHost, not_a_host, same_network,
};
use crate::value_error::Excerpt;
use core::{net::Ipv6Addr, str::FromStr};

impl Ipv6InterfaceAddress {
    /// Parses `fd00::2` or `fd00::2/48`; the default prefix length is 64.
    ///
    /// # Errors
    /// Returns an error if `text` is not an address, or if no host can have the address.
    pub fn parse(text: &str) -> Result<Self, Ipv6Error> {
        let (address, prefix_length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let malformed = || Ipv6Error::Malformed(Excerpt::from_source(text));
        let address = address.parse().map_err(|_| malformed())?;
        let prefix_length = match prefix_length {
            None => DEFAULT_PREFIX_LENGTH,
            Some(length) => prefix_length_of(length)
                .ok_or_else(|| Ipv6Error::PrefixLength(Excerpt::from_source(text)))?,
        };
        match not_a_host(address, prefix_length) {
            Some(is) => Err(Ipv6Error::NotAHost(address, is)),
            None => Ok(Self {
                address,
                prefix_length,
            }),
        }
    }

    /// Returns an error if `gateway` cannot be the gateway of this interface.
    pub fn cannot_use(self, gateway: Ipv6Addr) -> Option<Ipv6Error> {
        if gateway == self.address {
            return Some(Ipv6Error::GatewayIsSelf(gateway));
        }
        // Each interface has a link-local network, where routers are. Without another network the gateway
        // is on the link, as virtual networks of clouds have it.
        if gateway.is_unicast_link_local() || self.prefix_length == 128 {
            return None;
        }
        if !same_network(gateway, self.address, self.prefix_length) {
            return Some(Ipv6Error::GatewayOutside(gateway, self));
        }
        not_a_host(gateway, self.prefix_length).map(|is| Ipv6Error::NotAHost(gateway, is))
    }

    /// Returns an error if the networks of two interfaces with these addresses overlap.
    pub fn conflicts_with(self, other: Self) -> Option<Ipv6Error> {
        let shorter = self.prefix_length.min(other.prefix_length);
        let overlap = same_network(self.address, other.address, shorter);
        overlap.then_some(Ipv6Error::Overlap(self, other))
    }
}

impl FromStr for Ipv6InterfaceAddress {
    type Err = Ipv6Error;

    fn from_str(text: &str) -> Result<Self, Ipv6Error> {
        Self::parse(text)
    }
}

/// Parses the address of a gateway. Whether it is in the interface's network is checked by
/// [`Ipv6InterfaceAddress::cannot_use`].
///
/// # Errors
/// Returns an error if `text` is not an address, or if no router can have the address.
pub fn gateway(text: &str) -> Result<Ipv6Addr, Ipv6Error> {
    let malformed = |_| Ipv6Error::Malformed(Excerpt::from_source(text));
    let address: Ipv6Addr = text.parse().map_err(malformed)?;
    match not_a_host(address, 128) {
        None | Some(Ipv6NotAHost::LinkLocal) => Ok(address),
        Some(is) => Err(Ipv6Error::NotAHost(address, is)),
    }
}

/// The value of `--ipv6-gateway`: a router, or none if it is empty, as container runtimes pass it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ipv6Gateway(pub Option<Ipv6Addr>);

impl FromStr for Ipv6Gateway {
    type Err = Ipv6Error;

    fn from_str(text: &str) -> Result<Self, Ipv6Error> {
        match text {
            "" => Ok(Self(None)),
            address => gateway(address).map(|address| Self(Some(address))),
        }
    }
}

/// Parses a number from 0 to 128, without sign and leading zeros.
fn prefix_length_of(text: &str) -> Option<u8> {
    let is_plain = text == "0" || !text.starts_with(['0', '+']);
    let length = text.parse().ok().filter(|length| *length <= 128);
    length.filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Ipv6InterfaceAddress {
        text.parse().expect("a host's address")
    }

    #[test]
    fn an_address_has_a_prefix_length_of_64_unless_it_says_another() {
        assert_eq!(address("fd00::2").prefix_length, 64);
        assert_eq!(address("2001:db8::7/128").prefix_length, 128);
        assert_eq!(address("fd00::2/0").prefix_length, 0);
        for text in [
            "",
            "fd00",
            "fd00::2::1",
            "fd00::g",
            "10.0.0.2",
            "fd00::2%eth0",
            " fd00::2",
        ] {
            let malformed = Ipv6Error::Malformed(Excerpt::from_source(text));
            assert_eq!(Ipv6InterfaceAddress::parse(text), Err(malformed));
        }
        for text in [
            "fd00::2/",
            "fd00::2/129",
            "fd00::2/+64",
            "fd00::2/064",
            "fd00::2/64/1",
        ] {
            let wrong = Ipv6Error::PrefixLength(Excerpt::from_source(text));
            assert_eq!(Ipv6InterfaceAddress::parse(text), Err(wrong));
        }
    }

    #[test]
    fn no_host_has_an_address_that_means_something_else() {
        for (text, is) in [
            ("::", Ipv6NotAHost::Unspecified),
            ("::1", Ipv6NotAHost::Loopback),
            ("ff02::1", Ipv6NotAHost::Multicast),
            ("fe80::2", Ipv6NotAHost::LinkLocal),
            ("febf::2", Ipv6NotAHost::LinkLocal),
            ("::ffff:10.0.0.2", Ipv6NotAHost::Mapped),
            ("fd00::", Ipv6NotAHost::Routers),
            ("fd00::8/125", Ipv6NotAHost::Routers),
        ] {
            let refused = Ipv6InterfaceAddress::parse(text);
            assert!(
                matches!(refused, Err(Ipv6Error::NotAHost(_, why)) if why == is),
                "{text}: {refused:?}"
            );
        }
        assert_eq!(address("fd00::8/127").prefix_length, 127);
        assert_eq!(gateway("fe80::1"), Ok("fe80::1".parse().unwrap()));
        assert!(gateway("::1").is_err() && gateway("fd00::1/64").is_err());
    }

    #[test]
    fn a_gateway_is_another_host_of_the_network_or_of_the_link() {
        let interface = address("fd00::2");
        let refused = |text: &str| interface.cannot_use(text.parse().unwrap());
        assert_eq!(refused("fd00::1"), None);
        assert_eq!(refused("fe80::1"), None);
        assert!(matches!(
            refused("fd00::2"),
            Some(Ipv6Error::GatewayIsSelf(_))
        ));
        assert!(matches!(
            refused("fd00:0:0:1::1"),
            Some(Ipv6Error::GatewayOutside(..))
        ));
        assert!(matches!(refused("fd00::"), Some(Ipv6Error::NotAHost(..))));
        let alone = address("fd00::2/128");
        assert_eq!(alone.cannot_use("2001:db8::1".parse().unwrap()), None);
    }

    #[test]
    fn networks_overlap_if_one_contains_the_other() {
        let one = address("fd00::2/64");
        assert!(one.conflicts_with(address("fd00:0:0:1::2/48")).is_some());
        assert!(one.conflicts_with(address("fd00:0:0:1::2/64")).is_none());
        assert_eq!(one.network().address, "fd00::".parse::<Ipv6Addr>().unwrap());
    }
}
