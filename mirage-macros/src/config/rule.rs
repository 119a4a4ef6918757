//! How texts are parsed, as literals and as constant expressions.

use crate::constant::ConstantRule;
use mirage_graph::{
    address::{self, InterfaceAddress},
    mac_address::MacAddress,
    size,
    value_error::ValueError,
};
use quote::quote;
use std::net::Ipv4Addr;

/// How a text is parsed.
pub(super) struct TextRule<T: 'static> {
    pub(super) parse: fn(&str) -> Result<T, ValueError>,
    /// The same for a constant expression.
    pub(super) constant: ConstantRule,
    /// Whether it may be given at boot.
    pub(super) at_boot: bool,
}

pub(super) const INTERFACE_ADDRESS: TextRule<InterfaceAddress> = TextRule {
    parse: InterfaceAddress::parse,
    constant: ConstantRule::Text {
        name: "address",
        piece: |value| quote!(Interface(#value)),
    },
    at_boot: true,
};

pub(super) const GATEWAY: TextRule<Ipv4Addr> = TextRule {
    parse: address::gateway,
    constant: ConstantRule::Text {
        name: "gateway",
        piece: |value| quote!(Address(#value)),
    },
    at_boot: true,
};

pub(super) const MAC_ADDRESS: TextRule<MacAddress> = TextRule {
    parse: MacAddress::parse_unicast,
    constant: ConstantRule::Text {
        name: "mac_address",
        piece: |value| quote!(MacAddress(#value)),
    },
    at_boot: false,
};

pub(super) const MEMORY: TextRule<u64> = size_rule("memory", size::memory);
pub(super) const STACK: TextRule<u64> = size_rule("stack", size::stack);
pub(super) const SIZE: TextRule<u64> = size_rule("size", size::any);

pub(super) const BUFFER: TextRule<u64> = TextRule {
    parse: size::buffer,
    constant: ConstantRule::Text {
        name: "buffer",
        // The runtime's buffers have sizes of the type `usize`.
        piece: |value| quote!(Number(#value as u64)),
    },
    at_boot: false,
};

const fn size_rule(
    name: &'static str,
    parse: fn(&str) -> Result<u64, ValueError>,
) -> TextRule<u64> {
    TextRule {
        parse,
        constant: ConstantRule::Text {
            name,
            piece: |value| quote!(Number(#value)),
        },
        at_boot: false,
    }
}
