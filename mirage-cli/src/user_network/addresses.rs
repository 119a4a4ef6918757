//! The addresses of a user network, ours and QEMU's alike.

use super::name_server;
use crate::attachment::Attached;
use mirage_graph::{address::InterfaceAddress, graph::Interface};
use std::net::{Ipv4Addr, SocketAddrV4};

/// The longest prefix of a user network: QEMU's needs addresses for itself.
const MAX_PREFIX_LEN: u8 = 29;

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
    /// Spanned which the host's name server is asked.
    pub name_server: Ipv4Addr,
    /// The unikernel's.
    pub guest: Ipv4Addr,
}

impl Addresses {
    /// Where on the host, or beyond it, what the unikernel calls `remote` is.
    pub fn on_host(&self, remote: SocketAddrV4) -> SocketAddrV4 {
        let address = match *remote.ip() {
            address if address == self.host => Ipv4Addr::LOCALHOST,
            address if address == self.name_server => name_server::of_host(),
            address => address,
        };
        SocketAddrV4::new(address, remote.port())
    }

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
            name_server: nth(3),
            guest: nth(15),
        }
    }

    /// The user network is given the unikernel's network and an address that is not the
    /// unikernel's (QEMU's own default, .2, often is).
    fn around(own: InterfaceAddress, interface: &Interface) -> Self {
        let prefix_length = own.prefix_length.min(MAX_PREFIX_LEN);
        let network = InterfaceAddress {
            prefix_length,
            ..own
        };
        let gateway = interface.gateway.and_then(|gateway| gateway.value.known());
        let nth = |number| Ipv4Addr::from_bits(network.network().address.to_bits() + number);
        // QEMU's name server is the third where nobody says otherwise.
        let name_server = [nth(3), nth(4), nth(5)]
            .into_iter()
            .find(|address| *address != own.address && Some(*address) != gateway)
            .expect("three addresses are more than two");
        let is_free = |host: &Ipv4Addr| {
            network.contains(*host) && *host != name_server && *host != own.address
        };
        let host = gateway
            .into_iter()
            .chain((1..7).map(nth))
            .find(is_free)
            .expect("six addresses are more than two");
        Self {
            network: network.network(),
            host,
            name_server,
            guest: own.address,
        }
    }
}

/// Those of tests.
#[cfg(test)]
pub const EXAMPLE: Addresses = Addresses {
    network: InterfaceAddress {
        address: Ipv4Addr::new(10, 0, 0, 0),
        prefix_length: 24,
    },
    host: Ipv4Addr::new(10, 0, 0, 1),
    name_server: Ipv4Addr::new(10, 0, 0, 3),
    guest: Ipv4Addr::new(10, 0, 0, 2),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Net;
    use mirage_graph::{
        graph::{Addressing, Setting, SpanId, Spanned},
        target::Driver,
    };

    fn at<T>(value: T) -> Spanned<T> {
        Spanned {
            value,
            span: SpanId(0),
        }
    }

    fn interface(own: &str, gateway: Option<&str>) -> Interface {
        let own = own.parse().expect("an address with its prefix");
        let gateway = gateway.map(|gateway| gateway.parse().expect("an address"));
        Interface {
            driver: at(Driver::Virtio),
            address: at(Addressing::Static(Setting::Known(own))),
            gateway: gateway.map(|gateway| at(Setting::Known(gateway))),
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
        for (own, gateway, network, host, name_server) in [
            ("10.0.0.2/24", None, "10.0.0.0/24", "10.0.0.1", "10.0.0.3"),
            ("10.0.0.1/24", None, "10.0.0.0/24", "10.0.0.2", "10.0.0.3"),
            (
                "10.9.8.7/16",
                Some("10.9.0.1"),
                "10.9.0.0/16",
                "10.9.0.1",
                "10.9.0.3",
            ),
            ("10.0.0.5/30", None, "10.0.0.0/29", "10.0.0.1", "10.0.0.3"),
            (
                "10.0.0.2/24",
                Some("10.0.0.3"),
                "10.0.0.0/24",
                "10.0.0.3",
                "10.0.0.4",
            ),
            ("10.0.0.3/24", None, "10.0.0.0/24", "10.0.0.1", "10.0.0.4"),
        ] {
            let addresses = of(0, &[interface(own, gateway)]);
            assert_eq!(addresses.network.to_string(), network);
            assert_eq!(addresses.host.to_string(), host);
            assert_eq!(addresses.name_server.to_string(), name_server);
        }
    }

    #[test]
    fn the_host_and_its_name_server_are_called_by_addresses_of_the_network() {
        let far = Ipv4Addr::new(192, 0, 2, 1);
        for (address, on_host) in [
            (EXAMPLE.host, Ipv4Addr::LOCALHOST),
            (EXAMPLE.name_server, name_server::of_host()),
            (far, far),
        ] {
            let remote = SocketAddrV4::new(address, 53);
            assert_eq!(EXAMPLE.on_host(remote), SocketAddrV4::new(on_host, 53));
        }
    }

    #[test]
    fn who_asks_for_an_address_is_given_one() {
        let asks = || Interface {
            address: at(Addressing::Dhcp),
            ..interface("10.0.0.2/24", None)
        };
        let addresses = of(1, &[asks(), asks()]);
        assert_eq!(addresses.network.to_string(), "10.0.3.0/24");
        assert_eq!(addresses.host, Ipv4Addr::new(10, 0, 3, 2));
        assert_eq!(addresses.guest, Ipv4Addr::new(10, 0, 3, 15));
        // In a network that no other interface is in.
        for (lan, network) in [
            ("10.1.0.1/24", "10.0.2.0/24"),
            ("10.0.2.9/24", "10.0.3.0/24"),
            ("10.0.0.9/16", "192.168.76.0/24"),
        ] {
            let addresses = of(0, &[asks(), interface(lan, None)]);
            assert_eq!(addresses.network.to_string(), network);
        }
    }
}
