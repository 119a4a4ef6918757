//! How texts are parsed, as literals and as constant expressions.

use crate::{
    constant::ConstantRule,
    files::{self, Files},
    lookup,
};
use mirage_graph::{
    address::{self, InterfaceAddress},
    conflict_detection::ConflictDetection,
    congestion::Congestion,
    diagnostic::{DiagnosticKind, MAX_NAME_LEN},
    ecn::Ecn,
    ipv6::{self, AddressOrSlaac, Ipv6Error},
    mac_address::MacAddress,
    name_servers::NameServers,
    size,
    target::LogLevel,
    value_error::{NameServersError, ValueError},
};
use proc_macro2::TokenStream;
use quote::quote;
use std::net::{Ipv4Addr, Ipv6Addr};

/// How a text is parsed.
pub(super) struct TextRule<T: 'static, E: 'static = ValueError> {
    pub(super) parse: fn(&str) -> Result<T, E>,
    /// The same for a constant expression, if it may be one.
    pub(super) constant: Option<ConstantRule>,
    /// Whether it may be given at boot.
    pub(super) at_boot: bool,
}

pub(super) const INTERFACE_ADDRESS: TextRule<InterfaceAddress> = TextRule {
    at_boot: true,
    ..rule(
        "address",
        InterfaceAddress::parse,
        |value| quote!(Interface(#value)),
    )
};
pub(super) const GATEWAY: TextRule<Ipv4Addr> = TextRule {
    at_boot: true,
    ..rule("gateway", address::gateway, |value| quote!(Address(#value)))
};
pub(super) const IPV6_INTERFACE_ADDRESS: TextRule<AddressOrSlaac, Ipv6Error> = TextRule {
    parse: AddressOrSlaac::parse,
    constant: None,
    at_boot: true,
};
pub(super) const IPV6_GATEWAY: TextRule<Ipv6Addr, Ipv6Error> = TextRule {
    parse: ipv6::gateway,
    constant: None,
    at_boot: true,
};
pub(super) const NAME_SERVERS: TextRule<NameServers, NameServersError> = TextRule {
    parse: NameServers::parse,
    constant: Some(ConstantRule::Text {
        name: "name_servers",
        piece: |value| quote!(NameServers(#value)),
    }),
    at_boot: true,
};
pub(super) const MAC_ADDRESS: TextRule<MacAddress> = rule(
    "mac_address",
    MacAddress::parse_unicast,
    |value| quote!(MacAddress(#value)),
);
pub(super) const MEMORY: TextRule<u64> =
    rule("memory", size::memory, |value| quote!(Number(#value)));
pub(super) const STACK: TextRule<u64> = rule("stack", size::stack, |value| quote!(Number(#value)));
pub(super) const SIZE: TextRule<u64> = rule("size", size::any, |value| quote!(Number(#value)));
/// The runtime's buffers have sizes of the type `usize`.
pub(super) const BUFFER: TextRule<u64> = rule(
    "buffer",
    size::buffer,
    |value| quote!(Number(#value as u64)),
);

pub(super) const NAME: TextRule<String, DiagnosticKind> = TextRule {
    parse: image_name,
    constant: None,
    at_boot: true,
};
/// The compiler does not evaluate constants before it expands: the path is a literal.
pub(super) const ROOT: TextRule<Files, DiagnosticKind> = TextRule {
    parse: files::read,
    constant: None,
    at_boot: false,
};
pub(super) const LOG: TextRule<LogLevel, DiagnosticKind> = TextRule {
    parse: |name| lookup::log_level(name.into()),
    constant: None,
    at_boot: true,
};
pub(super) const CONGESTION: TextRule<Congestion, DiagnosticKind> = TextRule {
    parse: |name| lookup::congestion(name.into()),
    constant: None,
    at_boot: false,
};
pub(super) const ECN: TextRule<Ecn, DiagnosticKind> = TextRule {
    parse: |name| lookup::ecn(name.into()),
    constant: None,
    at_boot: false,
};
pub(super) const CONFLICT_DETECTION: TextRule<ConflictDetection, DiagnosticKind> = TextRule {
    parse: |name| lookup::conflict_detection(name.into()),
    constant: None,
    at_boot: false,
};

fn image_name(text: &str) -> Result<String, DiagnosticKind> {
    let is_valid = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    match (1..=MAX_NAME_LEN).contains(&text.len()) && text.chars().all(is_valid) {
        true => Ok(text.into()),
        false => Err(DiagnosticKind::ImageName(text.into())),
    }
}

const fn rule<T>(
    name: &'static str,
    parse: fn(&str) -> Result<T, ValueError>,
    piece: fn(TokenStream) -> TokenStream,
) -> TextRule<T> {
    TextRule {
        parse,
        constant: Some(ConstantRule::Text { name, piece }),
        at_boot: false,
    }
}
