//! Who has which address in a user network.

mod ipv6;

#[cfg(test)]
pub(crate) use ipv6::EXAMPLE as IPV6_EXAMPLE;
pub use ipv6::Ipv6Addresses;

use mirage_graph::address::InterfaceAddress;
use std::net::Ipv4Addr;

/// The longest prefix of a user network: guest, gateway and name server need an address each, and
/// QEMU's network two more.
const MAX_PREFIX_LENGTH: u8 = 29;

/// The network of a DHCP client if static interfaces use all of 10.0.0.0/16.
const FALLBACK_NETWORK: InterfaceAddress = InterfaceAddress {
    address: Ipv4Addr::new(192, 168, 76, 0),
    prefix_length: 24,
};

/// The addresses of a user network. They suit QEMU's user network as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The network.
    pub network: InterfaceAddress,
    /// The gateway, which stands for the host.
    pub gateway: Ipv4Addr,
    /// The name server, which stands for the host's.
    pub name_server: Ipv4Addr,
    /// The guest.
    pub guest: Ipv4Addr,
}

impl Addresses {
    /// Returns the addresses for a guest with the static address `guest`, which may have a `gateway`
    /// configured.
    ///
    /// ```
    /// use mirage_user_network::Addresses;
    ///
    /// let addresses = Addresses::for_static("10.0.0.2/24".parse().unwrap(), None);
    /// assert_eq!(addresses.gateway.to_string(), "10.0.0.1");
    /// assert_eq!(addresses.name_server.to_string(), "10.0.0.3");
    /// ```
    pub fn for_static(guest: InterfaceAddress, gateway: Option<Ipv4Addr>) -> Self {
        let prefix_length = guest.prefix_length.min(MAX_PREFIX_LENGTH);
        let network = InterfaceAddress {
            prefix_length,
            ..guest
        };
        let nth = |number| Ipv4Addr::from_bits(network.network().address.to_bits() + number);
        // The third address is also QEMU's default.
        let name_server = [nth(3), nth(4), nth(5)]
            .into_iter()
            .find(|address| *address != guest.address && Some(*address) != gateway)
            .expect("three addresses are more than two");
        let is_free = |address: &Ipv4Addr| {
            network.contains(*address) && *address != name_server && *address != guest.address
        };
        let gateway = gateway
            .into_iter()
            .chain((1..7).map(nth))
            .find(is_free)
            .expect("six addresses are more than two");
        Self {
            network: network.network(),
            gateway,
            name_server,
            guest: guest.address,
        }
    }

    /// Returns the addresses for a guest's interface number `index` that asks for its address by DHCP.
    /// Its network overlaps none of `others`, the guest's static interfaces. The guest gets the address
    /// that QEMU leases by default, such as 10.0.2.15.
    pub fn for_dhcp(index: usize, others: &[InterfaceAddress]) -> Self {
        let networks = (2..=u8::MAX).map(|third| InterfaceAddress {
            address: Ipv4Addr::new(10, 0, third, 0),
            prefix_length: 24,
        });
        let is_free = |network: &InterfaceAddress| {
            let mut others = others.iter();
            others.all(|other| other.conflicts_with(*network).is_none())
        };
        let network = networks.filter(is_free).nth(index);
        let network = network.unwrap_or(FALLBACK_NETWORK);
        let nth = |number| Ipv4Addr::from_bits(network.address.to_bits() + number);
        Self {
            network,
            gateway: nth(2),
            name_server: nth(3),
            guest: nth(15),
        }
    }
}

/// Addresses for tests.
#[cfg(test)]
pub(crate) const EXAMPLE: Addresses = Addresses {
    network: InterfaceAddress {
        address: Ipv4Addr::new(10, 0, 0, 0),
        prefix_length: 24,
    },
    gateway: Ipv4Addr::new(10, 0, 0, 1),
    name_server: Ipv4Addr::new(10, 0, 0, 3),
    guest: Ipv4Addr::new(10, 0, 0, 2),
};

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(text: &str) -> InterfaceAddress {
        text.parse().expect("an address with its prefix")
    }

    #[test]
    fn a_static_guest_keeps_its_network_and_its_address() {
        for (guest, gateway, expected) in [
            ("10.0.0.2/24", None, ["10.0.0.0/24", "10.0.0.1", "10.0.0.3"]),
            ("10.0.0.1/24", None, ["10.0.0.0/24", "10.0.0.2", "10.0.0.3"]),
            (
                "10.9.8.7/16",
                Some([10, 9, 0, 1]),
                ["10.9.0.0/16", "10.9.0.1", "10.9.0.3"],
            ),
            ("10.0.0.5/30", None, ["10.0.0.0/29", "10.0.0.1", "10.0.0.3"]),
            (
                "10.0.0.2/24",
                Some([10, 0, 0, 3]),
                ["10.0.0.0/24", "10.0.0.3", "10.0.0.4"],
            ),
            ("10.0.0.3/24", None, ["10.0.0.0/24", "10.0.0.1", "10.0.0.4"]),
        ] {
            let addresses = Addresses::for_static(interface(guest), gateway.map(Into::into));
            let Addresses {
                network,
                gateway,
                name_server,
                ..
            } = addresses;
            let found = [
                network.to_string(),
                gateway.to_string(),
                name_server.to_string(),
            ];
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_dhcp_client_gets_a_network_of_its_own() {
        let addresses = Addresses::for_dhcp(1, &[]);
        assert_eq!(addresses.network.to_string(), "10.0.3.0/24");
        assert_eq!(addresses.gateway, Ipv4Addr::new(10, 0, 3, 2));
        assert_eq!(addresses.guest, Ipv4Addr::new(10, 0, 3, 15));
        for (other, network) in [
            ("10.1.0.1/24", "10.0.2.0/24"),
            ("10.0.2.9/24", "10.0.3.0/24"),
            ("10.0.0.9/16", "192.168.76.0/24"),
        ] {
            let addresses = Addresses::for_dhcp(0, &[interface(other)]);
            assert_eq!(addresses.network.to_string(), network);
        }
    }
}
