//! The interface's other end: QEMU's user network, or a TAP device.

use crate::{
    arguments::Net,
    attachment::Attached,
    failure::{Failure, Result},
    ports::{Forward, Port},
};
use mirage_graph::{address::InterfaceAddress, graph::Interface};
use std::{fmt::Write, net::Ipv4Addr};

/// The longest prefix that QEMU's user network takes: it needs addresses for itself.
const LONGEST_PREFIX: u8 = 29;

/// The value of `-netdev` for the interface at position `index`. Its name is the node's.
pub fn backend(
    index: usize,
    attached: &Attached<'_>,
    ports: &[&Port],
    asked: &[Forward],
) -> Result<String> {
    let name = attached.name;
    match &attached.net {
        Net::Tap(tap) => Ok(format!(
            "tap,id={name},ifname={tap},script=no,downscript=no"
        )),
        Net::User => {
            let network = Network::of(attached.interface, index);
            Ok(format!("user,id={name}{}", user(&network, ports, asked)?))
        }
    }
}

/// A user network, and the unikernel's address in it.
struct Network {
    network: InterfaceAddress,
    host: Ipv4Addr,
    guest: Ipv4Addr,
}

impl Network {
    /// The user network is given the unikernel's network and an address that is not the
    /// unikernel's (its own default, .2, often is). An unikernel that asks for its address is
    /// given the one of each of its interfaces' networks that is QEMU's habit.
    fn of(interface: &Interface, index: usize) -> Self {
        let Some(own) = interface.address.value.configured().known() else {
            let third = (index + 2) as u8;
            let nth = |number| Ipv4Addr::new(10, 0, third, number);
            return Self {
                network: InterfaceAddress {
                    address: nth(0),
                    prefix_length: 24,
                },
                host: nth(2),
                guest: nth(15),
            };
        };
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

/// The network and its forwards. Every forward names the unikernel's address.
fn user(network: &Network, ports: &[&Port], asked: &[Forward]) -> Result<String> {
    let Network {
        network,
        host,
        guest: address,
    } = network;
    let mut value = format!(",net={network},host={host}");
    for (index, port) in ports.iter().enumerate() {
        let Forward { host, guest } = Forward::to(port.number, asked);
        let clash = ports[..index].iter().find(|other| {
            other.protocol == port.protocol && Forward::to(other.number, asked).host == host
        });
        let at = port.host_address();
        if let Some(other) = clash {
            return Err(Failure::usage(format_args!(
                "the ports {} and {} would both be {at}:{host}",
                other.number, port.number
            ))
            .help(format_args!("`-p HOST:{}` chooses another", port.number)));
        }
        let protocol = port.protocol;
        let _ = write!(value, ",hostfwd={protocol}:{at}:{host}-{address}:{guest}");
    }
    Ok(value)
}

/// QEMU's own address: the gateway, or else the first address that is not the unikernel's and not
/// the third, which QEMU takes for its name server.
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

#[cfg(test)]
mod tests {
    use super::*;
    use mirage_graph::{
        graph::{Addressing, At, NodeId, Place, Setting},
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

    fn value(interface: Interface) -> String {
        user(&Network::of(&interface, 0), &[], &[]).expect("no ports, no clash")
    }

    #[test]
    fn the_user_network_is_the_unikernels_and_leaves_its_address() {
        for (interface, expected) in [
            (
                interface([10, 0, 0, 2], 24, None),
                "net=10.0.0.0/24,host=10.0.0.1",
            ),
            (
                interface([10, 0, 0, 1], 24, None),
                "net=10.0.0.0/24,host=10.0.0.2",
            ),
            (
                interface([10, 9, 8, 7], 16, Some([10, 9, 0, 1])),
                "net=10.9.0.0/16,host=10.9.0.1",
            ),
            (
                interface([10, 0, 0, 5], 30, None),
                "net=10.0.0.0/29,host=10.0.0.1",
            ),
            (
                interface([10, 0, 0, 2], 24, Some([10, 0, 0, 3])),
                "net=10.0.0.0/24,host=10.0.0.1",
            ),
        ] {
            assert_eq!(value(interface), format!(",{expected}"));
        }
    }

    #[test]
    fn two_ports_at_one_host_port_are_refused() {
        let port = |number| Port {
            name: "port".into(),
            protocol: "tcp",
            number,
            node: NodeId(0),
            interface: 0,
            address: None,
        };
        let network = Network::of(&interface([10, 0, 0, 2], 24, None), 0);
        let ports = [port(80), port(8080)];
        let ports = ports.each_ref();
        assert!(user(&network, &ports, &[]).is_err());
        let asked = ["9000:80".parse().expect("two ports")];
        assert!(user(&network, &ports, &asked).is_ok());
    }
}
