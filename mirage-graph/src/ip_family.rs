//! The address families, of which an interface may use only one in a boot.

use crate::argument::{ArgumentError, ParsedArgs};
use alloc::format;

/// An address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpFamily {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl IpFamily {
    /// Returns the only family that an interface uses in this boot, by the flags of these names: `ipv4-only` and
    /// `ipv6-only`. Returns `None` if it uses both.
    ///
    /// # Errors
    /// Returns [`ArgumentError::Exclusive`] if both flags are given.
    pub fn only(
        arguments: &ParsedArgs<'_>,
        ipv4: &str,
        ipv6: &str,
    ) -> Result<Option<Self>, ArgumentError> {
        match (arguments.flag(ipv4), arguments.flag(ipv6)) {
            (true, true) => {
                let [one, other] = [ipv4, ipv6].map(|name| format!("--{name}"));
                Err(ArgumentError::Exclusive(one, other))
            }
            (true, false) => Ok(Some(Self::V4)),
            (false, true) => Ok(Some(Self::V6)),
            (false, false) => Ok(None),
        }
    }
}
