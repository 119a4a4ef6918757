//! The errors of IPv6 addresses.

use super::{Ipv6InterfaceAddress, Ipv6NotAHost, MIN_MTU};
use crate::value_error::Excerpt;
use alloc::{
    format,
    string::{String, ToString},
};
use core::{fmt, net::Ipv6Addr};

/// An error of an IPv6 address, or a conflict between two values. These are apart from
/// [`ValueError`](crate::value_error::ValueError) so that images without IPv6 do not have their messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ipv6Error {
    /// A text that is not an IPv6 address.
    Malformed(Excerpt),
    /// A prefix length that is not from 0 to 128.
    PrefixLength(Excerpt),
    /// An address that no host can have.
    NotAHost(Ipv6Addr, Ipv6NotAHost),
    /// A gateway outside the network.
    GatewayOutside(Ipv6Addr, Ipv6InterfaceAddress),
    /// A gateway that is the unikernel's own address.
    GatewayIsSelf(Ipv6Addr),
    /// A gateway of an interface without an IPv6 address.
    GatewayAlone,
    /// Two interfaces whose networks overlap.
    Overlap(Ipv6InterfaceAddress, Ipv6InterfaceAddress),
    /// An MTU with which an interface cannot have IPv6.
    Mtu(u16),
    /// A gateway of an interface whose routers are advertised.
    GatewayIsAdvertised,
}

impl Ipv6Error {
    /// The codes in order.
    pub const CODES: &[&str] = &[
        "MIR111", "MIR112", "MIR113", "MIR114", "MIR115", "MIR116", "MIR117", "MIR118", "MIR119",
    ];

    /// The code, which is explained in the book's chapter on errors.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "MIR111",
            Self::PrefixLength(_) => "MIR112",
            Self::NotAHost(..) => "MIR113",
            Self::GatewayOutside(..) => "MIR114",
            Self::GatewayIsSelf(_) => "MIR115",
            Self::GatewayAlone => "MIR116",
            Self::Overlap(..) => "MIR117",
            Self::Mtu(_) => "MIR118",
            Self::GatewayIsAdvertised => "MIR119",
        }
    }

    /// The message.
    pub fn message(&self) -> String {
        self.to_string()
    }

    /// How to fix it.
    pub fn help(&self) -> String {
        match self {
            Self::Malformed(written) => hint(written.as_str()).into(),
            Self::PrefixLength(_) => "the default prefix length is 64".into(),
            Self::NotAHost(..) => "use an address that a single host can have".into(),
            Self::GatewayOutside(..) => "the gateway must be in the interface's own network, or have a \
                link-local address: check the prefix length. With `/128` it can be any host on the link"
                .into(),
            Self::GatewayIsSelf(_) => "use the router's address".into(),
            Self::GatewayAlone => "give the interface an address: `ip6 = \"fd00::2/64\"`".into(),
            Self::Overlap(..) => {
                "each interface needs its own network: check the prefix lengths".into()
            }
            Self::GatewayIsAdvertised => {
                "remove `gateway6`, or give the interface an address: `ip6 = \"fd00::2/64\"`".into()
            }
            Self::Mtu(_) => format!("use {MIN_MTU} bytes at least, or remove `ip6`"),
        }
    }
}

impl fmt::Display for Ipv6Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(written) => {
                write!(f, "`{}` is not an IPv6 address", written.as_str())
            }
            Self::PrefixLength(written) => write!(
                f,
                "the prefix length of `{}` is not a number from 0 to 128",
                written.as_str()
            ),
            Self::NotAHost(address, is) => write!(f, "{address} is {}", is.what()),
            Self::GatewayOutside(gateway, interface) => write!(
                f,
                "the gateway {gateway} is outside the network {}",
                interface.network()
            ),
            Self::GatewayIsSelf(gateway) => {
                write!(f, "the gateway {gateway} is the unikernel's own address")
            }
            Self::GatewayAlone => f.write_str("the interface has no IPv6 address"),
            Self::Overlap(one, other) => write!(
                f,
                "the networks {} and {} overlap",
                one.network(),
                other.network()
            ),
            Self::Mtu(mtu) => write!(
                f,
                "an interface with IPv6 cannot have an MTU of {mtu} bytes"
            ),
            Self::GatewayIsAdvertised => {
                f.write_str("an interface with SLAAC has the gateway that routers advertise")
            }
        }
    }
}

impl core::error::Error for Ipv6Error {}

/// How to fix a text that is not an IPv6 address.
fn hint(text: &str) -> &'static str {
    match text {
        "slaac" => "write `ip6 = boot(\"slaac\")` for an image that contains SLAAC",
        "dhcp" | "dhcpv6" | "auto" | "SLAAC" => {
            "write `slaac` for an address in the network that routers advertise; DHCPv6 is not supported"
        }
        "boot" => "write `boot` without quotes for a value that is given at boot",
        _ if text.contains(' ') => "remove the space",
        _ if text.contains('%') => {
            "write it without a zone: the interface is the one with this key"
        }
        _ if text.contains(['[', ']']) => "write it without brackets, such as `fd00::2`",
        _ if text.contains('/') => {
            "write it without a prefix length, which is that of the interface's `ip6`"
        }
        _ if text.contains('.') && !text.contains(':') => {
            "IPv4 addresses have the keys `ip` and `gateway`"
        }
        _ => "write groups of hexadecimal digits, such as `fd00::2`",
    }
}
