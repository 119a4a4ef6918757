//! The interface's other end: QEMU's user network, or a TAP device.

use crate::{
    arguments::Net,
    failure::{Failure, Result},
    ports::{Forward, Port},
};
use mirage_graph::{address, graph::Interface};
use std::{fmt::Write, net::Ipv4Addr};

/// The longest prefix that QEMU's user network takes: it needs addresses for itself.
const LONGEST_PREFIX: u8 = 29;

/// The value of `-netdev` for `interface`.
pub fn backend(
    net: &Net,
    interface: &Interface,
    ports: &[Port],
    asked: &[Forward],
) -> Result<String> {
    match net {
        Net::Tap(name) => Ok(format!("tap,id=net,ifname={name},script=no,downscript=no")),
        Net::User => user(interface, ports, asked),
    }
}

/// The user network is given the unikernel's network and an address that is not the unikernel's
/// (its own default, .2, often is). Every forward names the unikernel's address.
fn user(interface: &Interface, ports: &[Port], asked: &[Forward]) -> Result<String> {
    let length = interface.prefix_length.min(LONGEST_PREFIX);
    let network = address::network(interface.address.value, length);
    let host = host(interface, length);
    let mut value = format!("user,id=net,net={network}/{length},host={host}");
    for (index, port) in ports.iter().enumerate() {
        let Forward { host, guest } = Forward::to(port.number, asked);
        let clash = ports[..index].iter().find(|other| {
            other.protocol == port.protocol && Forward::to(other.number, asked).host == host
        });
        if let Some(other) = clash {
            return Err(Failure::usage(format_args!(
                "the ports {} and {} would both be 127.0.0.1:{host}",
                other.number, port.number
            ))
            .help(format_args!("`-p HOST:{}` chooses another", port.number)));
        }
        let protocol = port.protocol;
        let _ = write!(
            value,
            ",hostfwd={protocol}:127.0.0.1:{host}-{}:{guest}",
            interface.address.value
        );
    }
    Ok(value)
}

/// QEMU's own address: the gateway, or else the first address that is not the unikernel's and not
/// the third, which QEMU takes for its name server.
fn host(interface: &Interface, length: u8) -> Ipv4Addr {
    const NAME_SERVER: u32 = 3;
    let own = interface.address.value;
    let nth = |number| Ipv4Addr::from_bits(address::network(own, length).to_bits() + number);
    let gateway = interface.gateway.map(|gateway| gateway.value);
    let usable = |host: &Ipv4Addr| {
        address::same_network(*host, own, length) && *host != nth(NAME_SERVER) && *host != own
    };
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
        graph::{At, Place},
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
            address: at(address.into()),
            prefix_length,
            gateway: gateway.map(|gateway| at(gateway.into())),
            mac: None,
            mtu: None,
        }
    }

    fn value(interface: Interface) -> String {
        user(&interface, &[], &[]).expect("no ports, no clash")
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
            assert_eq!(value(interface), format!("user,id=net,{expected}"));
        }
    }

    #[test]
    fn two_ports_at_one_host_port_are_refused() {
        let port = |number| Port {
            name: "port".into(),
            protocol: "tcp",
            number,
        };
        let interface = interface([10, 0, 0, 2], 24, None);
        let ports = [port(80), port(8080)];
        assert!(user(&interface, &ports, &[]).is_err());
        let asked = ["9000:80".parse().expect("two ports")];
        assert!(user(&interface, &ports, &asked).is_ok());
    }
}
