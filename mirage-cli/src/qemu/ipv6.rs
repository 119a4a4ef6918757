//! IPv6 in QEMU's user network.

use mirage_graph::{graph::Interface, ipv6::Ipv6InterfaceAddress};
use std::net::Ipv6Addr;

/// The longest prefix of a network: guest, host and name server need an address each.
const MAX_PREFIX_LENGTH: u8 = 124;

/// Returns the options for the network of an interface with a static IPv6 address, in which QEMU is the gateway and
/// stands for the host; nothing for one without, to which QEMU advertises a network.
pub fn options(interface: &Interface) -> String {
    let address = interface.ip6.and_then(|ip6| ip6.value.get()?.address());
    let gateway = interface.gateway6.and_then(|gateway| gateway.value.get());
    address.map_or_else(String::new, |address| network(address, gateway))
}

fn network(guest: Ipv6InterfaceAddress, gateway: Option<Ipv6Addr>) -> String {
    let guest = Ipv6InterfaceAddress {
        prefix_length: guest.prefix_length.min(MAX_PREFIX_LENGTH),
        ..guest
    };
    let prefix = guest.network().address;
    let nth = |number| Ipv6Addr::from_bits(prefix.to_bits() + number);
    let is_inside = |gateway: &Ipv6Addr| {
        let same = Ipv6InterfaceAddress {
            address: *gateway,
            ..guest
        };
        same.network().address == prefix
    };
    // A gateway of the link has no address that can be chosen.
    let mut hosts = gateway.into_iter().filter(is_inside).chain((1..3).map(nth));
    let host = hosts
        .find(|host| *host != guest.address)
        .expect("two addresses are more than one");
    // The third address is also QEMU's default.
    let mut name_servers = (3..6).map(nth);
    let name_server = name_servers
        .find(|server| *server != host && *server != guest.address)
        .expect("three addresses are more than two");
    let length = guest.prefix_length;
    format!(",ipv6-prefix={prefix},ipv6-prefixlen={length},ipv6-host={host},ipv6-dns={name_server}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateway_is_the_host() {
        let options = |guest: &str, gateway: Option<&str>| {
            let gateway = gateway.map(|gateway| gateway.parse().expect("an address"));
            network(guest.parse().expect("an address"), gateway)
        };
        assert_eq!(
            options("fd00::2", Some("fd00::3")),
            ",ipv6-prefix=fd00::,ipv6-prefixlen=64,ipv6-host=fd00::3,ipv6-dns=fd00::4"
        );
        assert_eq!(
            options("fd00::1/48", None),
            ",ipv6-prefix=fd00::,ipv6-prefixlen=48,ipv6-host=fd00::2,ipv6-dns=fd00::3"
        );
        for (guest, gateway) in [("fd00::2", "fe80::1"), ("fd00::2/128", "fd01::1")] {
            let options = options(guest, Some(gateway));
            assert!(options.contains("ipv6-host=fd00::1,"), "{options}");
        }
    }
}
