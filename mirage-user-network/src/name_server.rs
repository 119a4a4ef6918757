//! The host's name server.

use std::{fs, net::Ipv4Addr};

/// The host's resolver configuration (resolv.conf(5)).
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// Returns the host's first name server with an IPv4 address, or the loopback address if there is none.
pub fn host_name_server() -> Ipv4Addr {
    let configuration = fs::read_to_string(RESOLV_CONF).unwrap_or_default();
    first_ipv4(&configuration).unwrap_or(Ipv4Addr::LOCALHOST)
}

fn first_ipv4(configuration: &str) -> Option<Ipv4Addr> {
    configuration.lines().find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        (fields.next() == Some("nameserver")).then(|| fields.next()?.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ipv4_name_server_is_used() {
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
            assert_eq!(first_ipv4(configuration), expected.map(Ipv4Addr::from));
        }
    }
}
