//! The interface's other end: QEMU's user network, or a TAP device.

use crate::{
    arguments::Net,
    attachment::Attached,
    failure::Result,
    ports::{Forward, Port, Published, published},
    user_network::Addresses,
};
use std::fmt::Write;

/// The value of `-netdev` for the interface at position `index`. Its name is the node's.
pub fn backend(
    index: usize,
    interfaces: &[Attached<'_>],
    ports: &[&Port],
    asked: &[Forward],
) -> Result<String> {
    let name = interfaces[index].name;
    match &interfaces[index].net {
        Net::Tap(tap) => Ok(format!(
            "tap,id={name},ifname={tap},script=no,downscript=no"
        )),
        Net::User => {
            let addresses = Addresses::of(index, interfaces);
            let published = published(ports, asked)?;
            Ok(format!("user,id={name}{}", user(&addresses, &published)))
        }
    }
}

/// The network and its forwards. Every forward names the unikernel's address.
fn user(addresses: &Addresses, published: &[Published]) -> String {
    let Addresses {
        network,
        host,
        name_server,
        guest: address,
    } = addresses;
    let mut value = format!(",net={network},host={host},dns={name_server}");
    for Published {
        protocol,
        at,
        guest,
    } in published
    {
        let _ = write!(value, ",hostfwd={protocol}:{at}-{address}:{guest}");
    }
    value
}
