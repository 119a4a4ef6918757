//! Which addresses an interface and its gateway can have.

use super::{
    DEFAULT_PREFIX_LENGTH, InterfaceAddress, Malformed, not_a_host, parse, parse_with_prefix,
    same_network,
};
use crate::{text::Excerpt, value_error::ValueError};
use core::{net::Ipv4Addr, str::FromStr};

impl InterfaceAddress {
    /// Parses `10.0.0.2` or `10.0.0.2/16`; the default prefix length is 24.
    ///
    /// # Errors
    /// Returns an error if `text` is not an address, or if no host can have the address.
    pub const fn parse(text: &str) -> Result<Self, ValueError> {
        let (address, prefix_length) = match parse_with_prefix(text) {
            Ok((address, Some(prefix_length))) => (address, prefix_length),
            Ok((address, None)) => (address, DEFAULT_PREFIX_LENGTH),
            Err(Malformed::Address) => return Err(ValueError::Address(Excerpt::from_source(text))),
            Err(Malformed::PrefixLength) => {
                return Err(ValueError::PrefixLength(Excerpt::from_source(text)));
            }
        };
        match not_a_host(address, prefix_length) {
            Some(is) => Err(ValueError::NotAHost(address, is, prefix_length)),
            None => Ok(Self {
                address,
                prefix_length,
            }),
        }
    }

    /// Returns an error if `gateway` cannot be the gateway of this interface.
    pub const fn cannot_use(self, gateway: Ipv4Addr) -> Option<ValueError> {
        if gateway.to_bits() == self.address.to_bits() {
            return Some(ValueError::GatewayIsSelf(gateway));
        }
        if self.prefix_length == 32 {
            // There is no network. The gateway is on the link, as virtual networks of clouds and pods
            // have it.
            return None;
        }
        if !self.contains(gateway) {
            return Some(ValueError::GatewayOutside(gateway, self));
        }
        match not_a_host(gateway, self.prefix_length) {
            Some(is) => Some(ValueError::NotAHost(gateway, is, self.prefix_length)),
            None => None,
        }
    }

    /// Returns an error if the networks of two interfaces with these addresses overlap.
    pub const fn conflicts_with(self, other: Self) -> Option<ValueError> {
        let shorter = if self.prefix_length < other.prefix_length {
            self.prefix_length
        } else {
            other.prefix_length
        };
        if same_network(self.address, other.address, shorter) {
            Some(ValueError::Overlap(self, other))
        } else {
            None
        }
    }
}

impl FromStr for InterfaceAddress {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::parse(text)
    }
}

/// Parses the address of a gateway. Whether it is in the interface's network is checked by
/// [`InterfaceAddress::cannot_use`].
///
/// # Errors
/// Returns an error if `text` is not an address, or if no host can have the address.
pub const fn gateway(text: &str) -> Result<Ipv4Addr, ValueError> {
    let Ok(address) = parse(text) else {
        return Err(ValueError::Address(Excerpt::from_source(text)));
    };
    match not_a_host(address, 32) {
        Some(is) => Err(ValueError::NotAHost(address, is, 32)),
        None => Ok(address),
    }
}
