//! An address, or `dhcp`: the value of `--ipv4` where the image contains a DHCP client.

use super::InterfaceAddress;
use crate::value_error::ValueError;
use core::str::FromStr;

/// Stands for an address that a DHCP server leases.
pub const DHCP: &str = "dhcp";

/// An address, or a request to lease one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressOrDhcp {
    /// This address.
    Address(InterfaceAddress),
    /// A DHCP server leases the address.
    Dhcp,
}

impl AddressOrDhcp {
    /// The address, unless it is leased.
    pub const fn address(self) -> Option<InterfaceAddress> {
        match self {
            Self::Address(address) => Some(address),
            Self::Dhcp => None,
        }
    }
}

impl FromStr for AddressOrDhcp {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text {
            DHCP => Ok(Self::Dhcp),
            _ => InterfaceAddress::parse(text).map(Self::Address),
        }
    }
}
