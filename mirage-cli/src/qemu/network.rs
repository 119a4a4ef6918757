//! The backend of a network interface: QEMU's user network or a TAP device.

use super::ipv6;
use crate::{
    arguments::NetBackend,
    attached::AttachedInterface,
    failure::Result,
    ports::{Forward, publish},
};
use mirage_graph::graph::Graph;
use mirage_tender::tap;
use mirage_user_network::{Addresses, PublishedPort};
use std::fmt::Write;

/// Returns the value of `-netdev` for the interface at position `index`. The node's name is its id.
pub fn backend(
    graph: &Graph,
    index: usize,
    interfaces: &[AttachedInterface<'_>],
    forwards: &[Forward],
) -> Result<String> {
    let name = interfaces[index].name;
    match &interfaces[index].backend {
        NetBackend::Tap(tap) => {
            // QEMU attaches a device with several queues only if it is told that there are several.
            let queues = if tap::has_queues(tap) {
                ",queues=2"
            } else {
                ""
            };
            Ok(format!(
                "tap,id={name},ifname={tap},script=no,downscript=no{queues}"
            ))
        }
        NetBackend::Descriptor(number) => {
            Ok(format!("dgram,id={name},local.type=fd,local.str={number}"))
        }
        NetBackend::User => {
            let ipv4 = match interfaces[index].interface.has_ipv4() {
                true => {
                    let addresses = AttachedInterface::addresses(index, interfaces);
                    user(&addresses, &publish(graph, index, forwards)?)
                }
                false => ",ipv4=off".into(),
            };
            let ipv6 = AttachedInterface::ipv6_addresses(index, interfaces);
            let ipv6 = ipv6.as_ref().map(ipv6::options).unwrap_or_default();
            Ok(format!("user,id={name}{ipv4}{ipv6}"))
        }
    }
}

/// Returns the options for the network and its forwards. Each forward has the unikernel's address.
fn user(addresses: &Addresses, ports: &[PublishedPort]) -> String {
    let Addresses {
        network,
        gateway,
        name_server,
        guest: address,
    } = addresses;
    let mut value = format!(",net={network},host={gateway},dns={name_server}");
    for PublishedPort {
        protocol,
        host,
        guest,
    } in ports
    {
        let protocol = protocol.name();
        let _ = write!(value, ",hostfwd={protocol}:{host}-{address}:{guest}");
    }
    value
}
