//! Lists of name servers, as the attribute writes them: `10.0.0.1` and `10.0.0.1, 10.0.0.2`.

use crate::{
    address::{self, NotAHost, not_a_host},
    text::{Excerpt, Text},
    value_error::NameServersError,
};
use core::{fmt, net::Ipv4Addr, str::FromStr};

/// The maximum number of name servers of an interface, as in resolv.conf(5).
pub const MAX: usize = 3;

/// The name servers (DNS) of an interface, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameServers {
    addresses: [Ipv4Addr; MAX],
    count: usize,
}

impl NameServers {
    /// No name servers.
    pub const NONE: Self = Self {
        addresses: [Ipv4Addr::UNSPECIFIED; MAX],
        count: 0,
    };

    /// Parses one to three addresses. Between them is a comma, which a space can follow.
    ///
    /// # Errors
    /// Returns an error if a part is not an address, or one that no host can have, or occurs twice, and if
    /// there are more than three.
    pub const fn parse(text: &str) -> Result<Self, NameServersError> {
        let mut servers = Self::NONE;
        let mut rest = Some(text);
        while let Some(text) = rest {
            let part;
            (part, rest) = split(text);
            let Ok(address) = address::parse(part) else {
                return Err(NameServersError::NotAnAddress(Excerpt::from_source(part)));
            };
            if let Some(why) = servers.why_not(address) {
                return Err(NameServersError::Unusable(address, why));
            }
            if servers.count == MAX {
                return Err(NameServersError::TooMany);
            }
            servers.addresses[servers.count] = address;
            servers.count += 1;
        }
        Ok(servers)
    }

    /// The addresses.
    pub fn as_slice(&self) -> &[Ipv4Addr] {
        self.addresses.get(..self.count).unwrap_or_default()
    }

    /// Why an address cannot follow these, in words.
    const fn why_not(&self, address: Ipv4Addr) -> Option<&'static str> {
        match not_a_host(address, 32) {
            // The unikernel itself may be a name server.
            None | Some(NotAHost::Loopback) if self.contains(address) => Some("is declared twice"),
            None | Some(NotAHost::Loopback) => None,
            Some(NotAHost::Unspecified) => Some("is the unspecified address"),
            Some(NotAHost::Multicast) => Some("is a multicast address"),
            Some(_) => Some("is a reserved address"),
        }
    }

    const fn contains(&self, address: Ipv4Addr) -> bool {
        let mut index = 0;
        while index < self.count {
            if self.addresses[index].to_bits() == address.to_bits() {
                return true;
            }
            index += 1;
        }
        false
    }

    const fn text(self) -> Text<64> {
        let mut text = Text::new();
        let mut index = 0;
        while index < self.count {
            let comma = if index > 0 { "," } else { "" };
            text = text.with(comma).with_address(self.addresses[index]);
            index += 1;
        }
        text
    }
}

/// Splits a text at its first comma. A space after the comma belongs to neither part.
const fn split(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        if bytes[end] == b',' {
            let (part, _) = text.split_at(end);
            let is_spaced = end + 1 < bytes.len() && bytes[end + 1] == b' ';
            let (_, rest) = text.split_at(if is_spaced { end + 2 } else { end + 1 });
            return (part, Some(rest));
        }
        end += 1;
    }
    (text, None)
}

impl<const CAPACITY: usize> Text<CAPACITY> {
    /// Appends name servers, `10.0.0.1,10.0.0.2`.
    #[must_use]
    pub const fn with_name_servers(self, servers: NameServers) -> Self {
        self.with(servers.text().as_str())
    }
}

/// Writes them without spaces, so that they are one word of a command line.
impl fmt::Display for NameServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().as_str())
    }
}

/// Parses the value of `--dns-servers`, which is empty for none.
impl FromStr for NameServers {
    type Err = NameServersError;

    fn from_str(text: &str) -> Result<Self, NameServersError> {
        match text {
            "" => Ok(Self::NONE),
            text => Self::parse(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn one_to_three_addresses_are_parsed() {
        for (text, written) in [
            ("10.0.0.1", "10.0.0.1"),
            ("10.0.0.1,10.0.0.2", "10.0.0.1,10.0.0.2"),
            ("10.0.0.1, 10.0.0.2, 9.9.9.9", "10.0.0.1,10.0.0.2,9.9.9.9"),
            ("127.0.0.1", "127.0.0.1"),
        ] {
            let servers = NameServers::parse(text).expect("name servers");
            assert_eq!(servers.to_string(), written);
            assert_eq!(written.parse(), Ok(servers));
            assert_eq!(servers.as_slice().len(), written.split(',').count());
        }
        assert_eq!("".parse(), Ok(NameServers::NONE));
        assert!(NameServers::NONE.as_slice().is_empty());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let not_an_address = |part| Err(NameServersError::NotAnAddress(Excerpt::from_source(part)));
        for (text, part) in [
            ("", ""),
            ("dns.example", "dns.example"),
            ("10.0.0.1,", ""),
            ("10.0.0.1 10.0.0.2", "10.0.0.1 10.0.0.2"),
            ("10.0.0.1,  10.0.0.2", " 10.0.0.2"),
            ("10.0.0.1, 10.0.0.2:53", "10.0.0.2:53"),
            ("ä,10.0.0.2", "ä"),
        ] {
            assert_eq!(NameServers::parse(text), not_an_address(part), "{text}");
        }
        for (text, why) in [
            ("10.0.0.1,10.0.0.2,10.0.0.1", "10.0.0.1 is declared twice"),
            ("0.0.0.0", "0.0.0.0 is the unspecified address"),
            ("224.0.0.251", "224.0.0.251 is a multicast address"),
            ("255.255.255.255", "255.255.255.255 is a reserved address"),
            ("10.0.0.1,240.0.0.1", "240.0.0.1 is a reserved address"),
        ] {
            let error = NameServers::parse(text).expect_err(text);
            assert_eq!(error.to_string(), alloc::format!("the name server {why}"));
        }
        let four = NameServers::parse("10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4");
        assert_eq!(four, Err(NameServersError::TooMany));
    }
}
