//! The value of `--ipv4-gateway`.

use core::{
    net::{AddrParseError, Ipv4Addr},
    str::FromStr,
};

/// A router that is given at boot: its address, or an empty text if there is none, as container runtimes pass
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gateway(pub Option<Ipv4Addr>);

impl FromStr for Gateway {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "" => Ok(Self(None)),
            address => address.parse().map(|address| Self(Some(address))),
        }
    }
}
