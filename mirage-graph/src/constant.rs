//! Reads and checks values that are constant expressions, by constant evaluation.
//!
//! An invalid value is a compile error at the expression, with the code and message of the same literal.
//! `other` states the position of the other side of a conflict.

use crate::{
    address::{self, InterfaceAddress},
    check,
    mac_address::MacAddress,
    name_servers::NameServers,
    need::{self, Need},
    number::NumberRange,
    port::{self, Protocol},
    size,
    target::Target,
    text::Text,
    value_error::ValueError,
};
use core::net::Ipv4Addr;

macro_rules! text_constants {
    ($(
        $(#[$doc:meta])*
        $name:ident, $check:ident: $parse:path => $type:ty, or $default:expr;
    )*) => {
        $(
            $(#[$doc])*
            pub const fn $name(text: &str) -> $type {
                match $parse(text) {
                    Ok(value) => value,
                    Err(_) => $default,
                }
            }

            #[doc = concat!("Checks the text of [`", stringify!($name), "()`].")]
            #[track_caller]
            pub const fn $check(text: &str) {
                if let Err(error) = $parse(text) {
                    error.report("");
                }
            }
        )*
    };
}

text_constants! {
    /// The address of an interface; 0.0.0.0, which conflicts with nothing, if the text is invalid.
    address, check_address: InterfaceAddress::parse => InterfaceAddress, or InterfaceAddress {
        address: Ipv4Addr::UNSPECIFIED,
        prefix_length: 0,
    };
    /// The gateway; 0.0.0.0, which conflicts with nothing, if the text is invalid.
    gateway, check_gateway: address::gateway => Ipv4Addr, or Ipv4Addr::UNSPECIFIED;
    /// The MAC address; zeros, which conflict with nothing, if the text is invalid.
    mac_address, check_mac_address: MacAddress::parse_unicast => MacAddress, or MacAddress([0; 6]);
    /// The name servers of an interface; none if the text is invalid.
    name_servers, check_name_servers: NameServers::parse => NameServers, or NameServers::NONE;
    /// A size in bytes; 0 if the text is invalid.
    size, check_size: size::any => u64, or 0;
    /// The memory of a machine, in bytes; 0 if the text is invalid.
    memory, check_memory: size::memory => u64, or 0;
    /// The stack of an image, in bytes; the default if the text is invalid.
    stack, check_stack: size::stack => u64, or size::DEFAULT_STACK;
    /// A buffer of a port, in bytes; 0 if the text is invalid.
    buffer, check_buffer: buffer_size => usize, or 0;
}

/// A buffer's size as the runtime takes it.
const fn buffer_size(text: &str) -> Result<usize, ValueError> {
    match size::buffer(text) {
        Ok(bytes) => Ok(bytes as usize),
        Err(error) => Err(error),
    }
}

/// Checks a number of the type `u16`.
#[track_caller]
pub const fn check_number(number: u16, range: NumberRange) {
    if let Err(error) = range.check(number) {
        error.report("");
    }
}

/// Checks the memory of a machine against what the unikernel needs on each of its targets.
#[track_caller]
pub const fn enough(memory: u64, needs: &[&[Need]]) {
    // This has its own error.
    if memory < size::MIN_MEMORY {
        return;
    }
    let mut largest: &[Need] = &[];
    let mut index = 0;
    while index < needs.len() {
        if need::total(needs[index]) > need::total(largest) {
            largest = needs[index];
        }
        index += 1;
    }
    let needed = need::total(largest);
    if needed > memory {
        ValueError::NotEnoughMemory(memory, needed).report(need::table(largest).as_str());
    }
}

/// Checks a size against the memory that a machine of each target can have.
#[track_caller]
pub const fn within_memory(bytes: u64, targets: &[Target]) {
    if let Some(error) = check::too_much_memory(bytes, targets) {
        error.report("");
    }
}

/// Whether the address is invalid, which has its own error.
const fn is_invalid(address: InterfaceAddress) -> bool {
    address.address.is_unspecified()
}

/// Checks a gateway against the address of its interface.
#[track_caller]
pub const fn gateway_of(gateway: Ipv4Addr, interface: InterfaceAddress, other: &str) {
    if is_invalid(interface) || gateway.is_unspecified() {
        return;
    }
    if let Some(error) = interface.cannot_use(gateway) {
        error.report(other);
    }
}

/// Checks the networks of two interfaces.
#[track_caller]
pub const fn networks(one: InterfaceAddress, another: InterfaceAddress, other: &str) {
    if is_invalid(one) || is_invalid(another) {
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

/// Checks the port at `index` against those before it. The ports are those of one protocol on one
/// interface, with their positions in the source.
#[track_caller]
pub const fn port_among(protocol: Protocol, ports: &[(u16, &str)], index: usize) {
    let mut before = 0;
    while before < index {
        let (first, position) = ports[before];
        if first == ports[index].0 && first != 0 {
            let other = Text::<64>::new().with("the first is at ").with(position);
            ValueError::DuplicatePort(protocol, first).report(other.as_str());
        }
        before += 1;
    }
}
