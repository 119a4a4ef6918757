//! The addresses of a user network, ours and QEMU's alike.

use crate::attachment::Attached;
use mirage_graph::{address::InterfaceAddress, graph::Interface};
use std::net::Ipv4Addr;

/// The longest prefix of a user network: QEMU's needs addresses for itself.
const LONGEST_PREFIX: u8 = 29;

/// Where an interface that asks has its network if others have all of 10.0.0.0/16.
const ELSEWHERE: InterfaceAddress = InterfaceAddress {
    address: Ipv4Addr::new(192, 168, 76, 0),
    prefix_length: 24,
};

/// A user network, and who has which address in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The network.
    pub network: InterfaceAddress,
    /// The host's.
    pub host: Ipv4Addr,
    /// The unikernel's.
    pub guest: Ipv4Addr,
}

impl Addresses {
    /// Those for the interface at position `index`.
    pub fn of(index: usize, interfaces: &[Attached<'_>]) -> Self {
        let configured =
            |attached: &Attached<'_>| attached.interface.address.value.configured().known();
        let interface = &interfaces[index];
        match configured(interface) {
            Some(own) => Self::around(own, interface.interface),
            None => Self::leased(index, interfaces.iter().filter_map(configured)),
        }
    }

    /// An interface that asks for its address is given the one that is QEMU's habit (10.0.2.15), in
    /// a network that no other interface is in.
    fn leased(index: usize, others: impl Iterator<Item = InterfaceAddress> + Clone) -> Self {
        let networks = (2..=u8::MAX).map(|third| InterfaceAddress {
            address: Ipv4Addr::new(10, 0, third, 0),
            prefix_length: 24,
        });
        let is_free = |network: &InterfaceAddress| {
            let mut others = others.clone();
            others.all(|other| other.conflicts_with(*network).is_none())
        };
        let network = networks.filter(is_free).nth(index).unwrap_or(ELSEWHERE);
        let nth = |number| Ipv4Addr::from_bits(network.address.to_bits() + number);
        Self {
            network,
            host: nth(2),
            guest: nth(15),
        }
    }

    /// The user network is given the unikernel's network and an address that is not the
    /// unikernel's (QEMU's own default, .2, often is).
    fn around(own: InterfaceAddress, interface: &Interface) -> Self {
        let prefix_length = own.prefix_length.min(LONGEST_PREFIX);
        let network = InterfaceAddress {
            prefix_length,
            ..own
        };
        let gateway = interface.gateway.and_then(|gateway| gateway.value.known());
        Self {
            network: network.network(),
            host: host(network, gateway),
            guest: own.address,
        }
    }
}

/// The host's address: the gateway, or else the first that is not the unikernel's and not the
/// third, which QEMU takes for its name server.
fn host(own: InterfaceAddress, gateway: Option<Ipv4Addr>) -> Ipv4Addr {
    const NAME_SERVER: u32 = 3;
    let nth = |number| Ipv4Addr::from_bits(own.network().address.to_bits() + number);
    let usable =
        |host: &Ipv4Addr| own.contains(*host) && *host != nth(NAME_SERVER) && *host != own.address;
    gateway
        .into_iter()
        .chain((1..7).map(nth))
        .find(usable)
        .expect("six addresses are more than two")
}

/// Those of tests.
#[cfg(test)]
pub const EXAMPLE: Addresses = Addresses {
    network: InterfaceAddress {
        address: Ipv4Addr::new(10, 0, 0, 0),
        prefix_length: 24,
    },
    host: Ipv4Addr::new(10, 0, 0, 1),
    guest: Ipv4Addr::new(10, 0, 0, 2),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Net;
    use mirage_graph::{
        graph::{Addressing, At, Place, Setting},
        target::Driver,
    };

    fn at<T>(value: T) -> At<T> {
        At {
            value,
            place: Place(0),
        }
    }

    fn interface(address: [u8; 4], prefix_length: u8, gateway: Option<[u8; 4]>) -> Interface {
        Interface {
            driver: at(Driver::Virtio),
            address: at(Addressing::Static(Setting::Known(InterfaceAddress {
                address: address.into(),
                prefix_length,
            }))),
            gateway: gateway.map(|gateway| at(Setting::Known(gateway.into()))),
            mac: None,
            mtu: None,
        }
    }

    fn of(index: usize, interfaces: &[Interface]) -> Addresses {
        let attached = interfaces.iter().map(|interface| Attached {
            name: "net",
            interface,
            net: Net::User,
        });
        Addresses::of(index, &attached.collect::<Vec<_>>())
    }

    #[test]
    fn the_user_network_is_the_unikernels_and_leaves_its_address() {
        for (interface, network, host) in [
            (
                interface([10, 0, 0, 2], 24, None),
                "10.0.0.0/24",
                "10.0.0.1",
            ),
            (
                interface([10, 0, 0, 1], 24, None),
                "10.0.0.0/24",
                "10.0.0.2",
            ),
            (
                interface([10, 9, 8, 7], 16, Some([10, 9, 0, 1])),
                "10.9.0.0/16",
                "10.9.0.1",
            ),
            (
                interface([10, 0, 0, 5], 30, None),
                "10.0.0.0/29",
                "10.0.0.1",
            ),
            (
                interface([10, 0, 0, 2], 24, Some([10, 0, 0, 3])),
                "10.0.0.0/24",
                "10.0.0.1",
            ),
        ] {
            let addresses = of(0, &[interface]);
            assert_eq!(addresses.network.to_string(), network);
            assert_eq!(addresses.host.to_string(), host);
        }
    }

    #[test]
    fn who_asks_for_an_address_is_given_one() {
        let asks = || Interface {
            address: at(Addressing::Dhcp),
            ..interface([0; 4], 0, None)
        };
        let addresses = of(1, &[asks(), asks()]);
        assert_eq!(addresses.network.to_string(), "10.0.3.0/24");
        assert_eq!(addresses.host, Ipv4Addr::new(10, 0, 3, 2));
        assert_eq!(addresses.guest, Ipv4Addr::new(10, 0, 3, 15));
        // In a network that no other interface is in.
        for (lan, prefix_length, network) in [
            ([10, 1, 0, 1], 24, "10.0.2.0/24"),
            ([10, 0, 2, 9], 24, "10.0.3.0/24"),
            ([10, 0, 0, 9], 16, "192.168.76.0/24"),
        ] {
            let addresses = of(0, &[asks(), interface(lan, prefix_length, None)]);
            assert_eq!(addresses.network.to_string(), network);
        }
    }
}
