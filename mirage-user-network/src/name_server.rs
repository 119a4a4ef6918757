//! The host's name server.

use crate::family::Family;
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// The host's resolver configuration (resolv.conf(5)).
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// Returns the host's first name server with an address of `family`, or else of the other one, or the loopback
/// address if there is none.
pub fn host_name_server(family: Family) -> IpAddr {
    let configuration = fs::read_to_string(RESOLV_CONF).unwrap_or_default();
    first(&configuration, family).unwrap_or(match family {
        Family::Ipv4 => Ipv4Addr::LOCALHOST.into(),
        Family::Ipv6 => Ipv6Addr::LOCALHOST.into(),
    })
}

/// Link-local addresses have a zone there, and are no addresses here.
fn first(configuration: &str, family: Family) -> Option<IpAddr> {
    let servers = || {
        configuration.lines().filter_map(|line| {
            let mut fields = line.split_ascii_whitespace();
            (fields.next() == Some("nameserver")).then(|| fields.next()?.parse().ok())?
        })
    };
    let of_family = |server: &IpAddr| server.is_ipv6() == (family == Family::Ipv6);
    servers().find(of_family).or_else(|| servers().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_server_of_the_family_is_used() {
        for (configuration, ipv4, ipv6) in [
            (
                "nameserver 192.0.2.1\nnameserver 192.0.2.2\n",
                Some("192.0.2.1"),
                Some("192.0.2.1"),
            ),
            (
                "search example.org\n# nameserver 192.0.2.9\nnameserver 2001:db8::1\n\tnameserver\t192.0.2.2 # ours\n",
                Some("192.0.2.2"),
                Some("2001:db8::1"),
            ),
            (
                "nameserver fe80::1%eth0\nnameserver 2001:db8::2",
                Some("2001:db8::2"),
                Some("2001:db8::2"),
            ),
            ("nameserver\nnameservers 192.0.2.1", None, None),
            ("", None, None),
        ] {
            for (family, expected) in [(Family::Ipv4, ipv4), (Family::Ipv6, ipv6)] {
                let expected = expected.map(|server| server.parse().expect("an address"));
                assert_eq!(first(configuration, family), expected);
            }
        }
    }
}
