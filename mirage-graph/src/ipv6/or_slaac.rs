//! An address, or `slaac`: the value of the key `ip6`, and of `--ipv6` where the image contains SLAAC.

use super::{Ipv6Error, Ipv6InterfaceAddress};
use core::{fmt, str::FromStr};

/// Stands for addresses that follow from what routers advertise.
pub const SLAAC: &str = "slaac";

/// An address, or stateless address autoconfiguration (RFC 4862).
///
/// ```
/// use mirage_graph::ipv6::AddressOrSlaac;
///
/// assert_eq!("slaac".parse(), Ok(AddressOrSlaac::Slaac));
/// assert!(AddressOrSlaac::parse("fd00::2").is_ok_and(|value| value.address().is_some()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressOrSlaac {
    /// This address.
    Address(Ipv6InterfaceAddress),
    /// Routers advertise the network, and the interface chooses its address.
    Slaac,
}

impl AddressOrSlaac {
    /// Parses `slaac`, or an address as [`Ipv6InterfaceAddress::parse`] does.
    ///
    /// # Errors
    /// Returns an error if `text` is neither, or if no host can have the address.
    pub fn parse(text: &str) -> Result<Self, Ipv6Error> {
        match text {
            SLAAC => Ok(Self::Slaac),
            _ => Ipv6InterfaceAddress::parse(text).map(Self::Address),
        }
    }

    /// Returns the address, unless routers advertise its network.
    pub const fn address(self) -> Option<Ipv6InterfaceAddress> {
        match self {
            Self::Address(address) => Some(address),
            Self::Slaac => None,
        }
    }
}

impl FromStr for AddressOrSlaac {
    type Err = Ipv6Error;

    fn from_str(text: &str) -> Result<Self, Ipv6Error> {
        Self::parse(text)
    }
}

impl fmt::Display for AddressOrSlaac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Slaac => f.write_str(SLAAC),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_text_is_slaac_or_an_address() {
        let address: AddressOrSlaac = "fd00::2/48".parse().expect("an address");
        assert_eq!(address.to_string(), "fd00::2/48");
        assert_eq!(
            AddressOrSlaac::Slaac.to_string().parse(),
            Ok(AddressOrSlaac::Slaac)
        );
        assert_eq!(AddressOrSlaac::Slaac.address(), None);
        for text in ["", "SLAAC", "slaac ", "slaac/64", "dhcp", "fe80::1"] {
            assert!(AddressOrSlaac::parse(text).is_err(), "{text:?}");
        }
    }
}
