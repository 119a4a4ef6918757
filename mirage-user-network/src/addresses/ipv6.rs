//! Who has which IPv6 address in a user network.

use mirage_graph::ipv6::Ipv6InterfaceAddress;
use std::net::Ipv6Addr;

/// The longest prefix of a user network: guest, gateway and name server need an address each.
const MAX_PREFIX_LENGTH: u8 = 124;

/// The gateway's link-local address, unless another one is configured.
const ROUTER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);

/// The networks that are advertised: subnets of a unique local prefix, whose global ID was drawn at random
/// once (RFC 4193, section 3.2.2). The host and its network do not use it, it is the same at each run, so that
/// addresses are, and it is not site-local as QEMU's fec0::/64, which is deprecated (RFC 3879).
const SLAAC_PREFIX: [u16; 3] = [0xfd4a, 0x0699, 0xd48c];

/// The IPv6 addresses of a user network. They suit QEMU's user network as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv6Addresses {
    /// The network.
    pub network: Ipv6InterfaceAddress,
    /// The gateway, which stands for the host.
    pub gateway: Ipv6Addr,
    /// The other address of the gateway, which stands for the host as well: its link-local address, or the
    /// configured one if that is outside the network. QEMU chooses its own.
    pub router: Ipv6Addr,
    /// The name server, which stands for the host's.
    pub name_server: Ipv6Addr,
    /// The guest, or `None` if it chooses its address in the network (SLAAC).
    pub guest: Option<Ipv6Addr>,
}

impl Ipv6Addresses {
    /// Returns the addresses for a guest with the static address `guest`, which may have a `gateway`
    /// configured.
    ///
    /// ```
    /// use mirage_user_network::Ipv6Addresses;
    ///
    /// let addresses = Ipv6Addresses::for_static("fd00::2/64".parse().unwrap(), None);
    /// assert_eq!(addresses.gateway.to_string(), "fd00::1");
    /// assert_eq!(addresses.name_server.to_string(), "fd00::3");
    /// ```
    pub fn for_static(guest: Ipv6InterfaceAddress, gateway: Option<Ipv6Addr>) -> Self {
        let network = Ipv6InterfaceAddress {
            prefix_length: guest.prefix_length.min(MAX_PREFIX_LENGTH),
            ..guest
        };
        let network = network.network();
        let nth = |number| Ipv6Addr::from_bits(network.address.to_bits() + number);
        let (inside, outside): (Vec<_>, Vec<_>) = gateway
            .into_iter()
            .partition(|gateway| network.contains(*gateway));
        let gateway = inside
            .into_iter()
            .chain((1..3).map(nth))
            .find(|gateway| *gateway != guest.address)
            .expect("two addresses are more than one");
        // The third address is also QEMU's default.
        let name_server = (3..6)
            .map(nth)
            .find(|server| *server != gateway && *server != guest.address)
            .expect("three addresses are more than two");
        Self {
            network,
            gateway,
            router: outside.first().copied().unwrap_or(ROUTER),
            name_server,
            guest: Some(guest.address),
        }
    }

    /// Returns the addresses for a guest's interface number `index` that chooses its address in the
    /// advertised network (SLAAC). The network overlaps none of `others`, the guest's static interfaces.
    pub fn for_slaac(index: usize, others: &[Ipv6InterfaceAddress]) -> Self {
        let [first, second, third] = SLAAC_PREFIX;
        let subnet = |number| Ipv6InterfaceAddress {
            address: Ipv6Addr::new(first, second, third, number, 0, 0, 0, 0),
            prefix_length: 64,
        };
        let is_free = |network: &Ipv6InterfaceAddress| {
            let mut others = others.iter();
            others.all(|other| other.conflicts_with(*network).is_none())
        };
        let network = (0..=u16::MAX).map(subnet).filter(is_free).nth(index);
        // A static interface with the whole prefix takes what is meant for it; nothing else does.
        let network = network.unwrap_or_else(|| subnet(0));
        let nth = |number| Ipv6Addr::from_bits(network.address.to_bits() + number);
        Self {
            network,
            gateway: nth(2),
            router: ROUTER,
            name_server: nth(3),
            guest: None,
        }
    }

    /// The gateway's link-local address.
    pub(crate) fn link_local(&self) -> Ipv6Addr {
        if self.router.is_unicast_link_local() {
            self.router
        } else {
            ROUTER
        }
    }

    /// Whether the gateway has this address.
    pub(crate) fn is_gateway(&self, address: Ipv6Addr) -> bool {
        [self.gateway, self.router, self.link_local()].contains(&address)
    }

    /// Whether the network answers at this address: it is the gateway's or the name server's.
    pub(crate) fn answers_at(&self, address: Ipv6Addr) -> bool {
        self.is_gateway(address) || address == self.name_server
    }
}

/// Addresses for tests.
#[cfg(test)]
pub(crate) const EXAMPLE: Ipv6Addresses = {
    const fn host(number: u16) -> Ipv6Addr {
        Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, number)
    }
    Ipv6Addresses {
        network: Ipv6InterfaceAddress {
            address: host(0),
            prefix_length: 64,
        },
        gateway: host(1),
        router: ROUTER,
        name_server: host(3),
        guest: Some(host(2)),
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(guest: &str, gateway: Option<&str>) -> [String; 4] {
        let gateway = gateway.map(|gateway| gateway.parse().expect("an address"));
        let guest = guest.parse().expect("an address with its prefix");
        let addresses = Ipv6Addresses::for_static(guest, gateway);
        [
            addresses.network.to_string(),
            addresses.gateway.to_string(),
            addresses.name_server.to_string(),
            addresses.router.to_string(),
        ]
    }

    #[test]
    fn a_static_guest_keeps_its_network_and_its_gateway() {
        for (guest, gateway, expected) in [
            (
                "fd00::2",
                Some("fd00::3"),
                ["fd00::/64", "fd00::3", "fd00::4", "fe80::1"],
            ),
            (
                "fd00::1/48",
                None,
                ["fd00::/48", "fd00::2", "fd00::3", "fe80::1"],
            ),
            (
                "fd00::3",
                Some("fe80::7"),
                ["fd00::/64", "fd00::1", "fd00::4", "fe80::7"],
            ),
            (
                "fd00::2/128",
                Some("fd01::1"),
                ["fd00::/124", "fd00::1", "fd00::3", "fd01::1"],
            ),
        ] {
            assert_eq!(addresses(guest, gateway), expected);
        }
    }

    #[test]
    fn a_guest_with_slaac_gets_a_network_of_its_own() {
        let network = |index, others: &[&str]| {
            let others = others.iter().map(|other| other.parse().expect("a host"));
            let others: Vec<_> = others.collect();
            Ipv6Addresses::for_slaac(index, &others).network.to_string()
        };
        assert_eq!(network(0, &[]), "fd4a:699:d48c::/64");
        assert_eq!(network(1, &["fd00::2/64"]), "fd4a:699:d48c:1::/64");
        assert_eq!(network(0, &["fd4a:699:d48c::9"]), "fd4a:699:d48c:1::/64");
        assert_eq!(network(7, &["fd4a::9/16"]), "fd4a:699:d48c::/64");
    }
}
