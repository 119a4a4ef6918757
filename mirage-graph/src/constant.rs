//! Values that are constant expressions of the user's: read and checked by constant evaluation.
//!
//! What is wrong is an error of the compiler at the expression, with the code and the message that a
//! literal in its place would have got. `other` says where the other side of a conflict is.

use crate::{
    address::{self, InterfaceAddress},
    mac_address::MacAddress,
    need::{self, Need},
    port::{self, Protocol},
    size,
    text::Text,
    value_error::ValueError,
};
use core::net::Ipv4Addr;

/// The interface's address; one that conflicts with nothing, if the text is wrong.
pub const fn address(text: &str) -> InterfaceAddress {
    match InterfaceAddress::parse(text) {
        Ok(address) => address,
        Err(_) => InterfaceAddress {
            address: Ipv4Addr::UNSPECIFIED,
            prefix_length: 0,
        },
    }
}

/// The gateway; one that conflicts with nothing, if the text is wrong.
pub const fn gateway(text: &str) -> Ipv4Addr {
    match address::gateway(text) {
        Ok(gateway) => gateway,
        Err(_) => Ipv4Addr::UNSPECIFIED,
    }
}

/// The MAC address; zeros, if the text is wrong.
pub const fn mac_address(text: &str) -> MacAddress {
    match MacAddress::parse_unicast(text) {
        Ok(address) => address,
        Err(_) => MacAddress([0; 6]),
    }
}

/// The size, in bytes; 0, if the text is wrong.
pub const fn size(text: &str) -> u64 {
    match size::memory(text) {
        Ok(bytes) => bytes,
        Err(_) => 0,
    }
}

/// The buffer, in bytes; 0, if the text is wrong.
pub const fn buffer(text: &str) -> usize {
    match size::buffer(text) {
        Ok(bytes) => bytes as usize,
        Err(_) => 0,
    }
}

/// Checks an interface's address.
#[track_caller]
pub const fn check_address(text: &str) {
    if let Err(error) = InterfaceAddress::parse(text) {
        error.report("");
    }
}

/// Checks a gateway.
#[track_caller]
pub const fn check_gateway(text: &str) {
    if let Err(error) = address::gateway(text) {
        error.report("");
    }
}

/// Checks a MAC address.
#[track_caller]
pub const fn check_mac_address(text: &str) {
    if let Err(error) = MacAddress::parse_unicast(text) {
        error.report("");
    }
}

/// Checks a packet size.
#[track_caller]
pub const fn check_mtu(bytes: u16) {
    if let Err(error) = port::mtu(bytes) {
        error.report("");
    }
}

/// Checks a port.
#[track_caller]
pub const fn check_port(number: u16) {
    if let Err(error) = port::listened_on(number) {
        error.report("");
    }
}

/// Checks a number of connections or datagrams.
#[track_caller]
pub const fn check_limit(number: u16) {
    if let Err(error) = port::limit(number) {
        error.report("");
    }
}

/// Checks a buffer.
#[track_caller]
pub const fn check_buffer(text: &str) {
    if let Err(error) = size::buffer(text) {
        error.report("");
    }
}

/// The stack, in bytes; the usual one, if the text is wrong.
pub const fn stack(text: &str) -> u64 {
    match size::stack(text) {
        Ok(bytes) => bytes,
        Err(_) => size::DEFAULT_STACK,
    }
}

/// Checks a stack.
#[track_caller]
pub const fn check_stack(text: &str) {
    if let Err(error) = size::stack(text) {
        error.report("");
    }
}

/// Checks a size.
#[track_caller]
pub const fn check_size(text: &str) {
    if let Err(error) = size::memory(text) {
        error.report("");
    }
}

/// Checks the memory of a machine.
#[track_caller]
pub const fn check_memory(text: &str) {
    match size::memory(text) {
        Err(error) => error.report(""),
        Ok(bytes) => {
            if let Some(error) = size::too_little(bytes) {
                error.report("");
            }
        }
    }
}

/// Checks the memory of a machine against what the unikernel needs on each of its targets.
#[track_caller]
pub const fn enough(memory: u64, needs: &[&[Need]]) {
    // What is less than the least has been reported already.
    if memory < size::MIN_MEMORY {
        return;
    }
    let mut most: &[Need] = &[];
    let mut index = 0;
    while index < needs.len() {
        if need::total(needs[index]) > need::total(most) {
            most = needs[index];
        }
        index += 1;
    }
    let needed = need::total(most);
    if needed > memory {
        ValueError::NotEnoughMemory(memory, needed).report(need::table(most).as_str());
    }
}

/// What is wrong has been reported already.
const fn is_wrong(address: InterfaceAddress) -> bool {
    address.address.is_unspecified()
}

/// Checks a gateway against the address of its interface.
#[track_caller]
pub const fn gateway_of(gateway: Ipv4Addr, interface: InterfaceAddress, other: &str) {
    if is_wrong(interface) || gateway.is_unspecified() {
        return;
    }
    if let Some(error) = interface.cannot_use(gateway) {
        error.report(other);
    }
}

/// Checks the networks of two interfaces.
#[track_caller]
pub const fn networks(one: InterfaceAddress, another: InterfaceAddress, other: &str) {
    if is_wrong(one) || is_wrong(another) {
        return;
    }
    if let Some(error) = one.conflicts_with(another) {
        error.report(other);
    }
}

/// Checks the MAC addresses of two interfaces.
#[track_caller]
pub const fn mac_addresses(one: MacAddress, another: MacAddress, other: &str) {
    if one.is(another) && !another.is_zero() {
        ValueError::DuplicateMacAddress(another.text()).report(other);
    }
}

/// Checks a UDP port of an interface whose address is asked for by DHCP.
#[track_caller]
pub const fn port_beside_dhcp(port: u16, other: &str) {
    if port == port::DHCP_CLIENT {
        ValueError::PortOfDhcp.report(other);
    }
}

/// Checks the port at `index` of those of one protocol on one interface, each with its place in the
/// source, against those before it.
#[track_caller]
pub const fn port_among(protocol: Protocol, ports: &[(u16, &str)], index: usize) {
    let mut before = 0;
    while before < index {
        let (first, place) = ports[before];
        if first == ports[index].0 && first != 0 {
            let other = Text::<64>::new().with("the first is at ").with(place);
            ValueError::DuplicatePort(protocol, first).report(other.as_str());
        }
        before += 1;
    }
}
