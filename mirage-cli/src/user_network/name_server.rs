//! The name server that the host asks.

use std::{fs, net::Ipv4Addr};

/// Where the host says whom it asks (resolv.conf(5)).
const CONFIGURATION: &str = "/etc/resolv.conf";

/// The host's first name server that has an IPv4 address; the host itself, if none has.
pub fn of_host() -> Ipv4Addr {
    let configuration = fs::read_to_string(CONFIGURATION).unwrap_or_default();
    first(&configuration).unwrap_or(Ipv4Addr::LOCALHOST)
}

fn first(configuration: &str) -> Option<Ipv4Addr> {
    configuration.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()?.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_version_4_is_taken() {
        for (configuration, expected) in [
            (
                "nameserver 192.0.2.1\nnameserver 192.0.2.2\n",
                Some([192, 0, 2, 1]),
            ),
            (
                "search example.org\n# nameserver 192.0.2.9\nnameserver 2001:db8::1\n\tnameserver\t192.0.2.2 # ours\n",
                Some([192, 0, 2, 2]),
            ),
            ("nameserver\nnameservers 192.0.2.1", None),
            ("", None),
        ] {
            assert_eq!(first(configuration), expected.map(Ipv4Addr::from));
        }
    }
}
