//! The addresses in a plan.

use mirage_graph::{
    address::{
        self, DEFAULT_PREFIX_LENGTH, InterfaceAddress, Malformed, NotAHost, not_a_host,
        parse_with_prefix,
    },
    value_error::{Excerpt, ValueError},
};
use std::net::{Ipv4Addr, SocketAddrV4};

/// Parses the addresses of a network, `10.0.0.0/24`.
pub(super) fn network(text: &str) -> Result<InterfaceAddress, ValueError> {
    let (address, prefix_length) = match parse_with_prefix(text) {
        Ok((address, prefix_length)) => (address, prefix_length.unwrap_or(DEFAULT_PREFIX_LENGTH)),
        Err(Malformed::Address) => return Err(ValueError::Address(Excerpt::from_source(text))),
        Err(Malformed::PrefixLength) => {
            return Err(ValueError::PrefixLength(Excerpt::from_source(text)));
        }
    };
    let network = InterfaceAddress {
        address,
        prefix_length,
    };
    match not_a_host(address, prefix_length) {
        None | Some(NotAHost::Network | NotAHost::NetworkBroadcast) => Ok(network.network()),
        Some(is) => Err(ValueError::NotAHost(address, is, prefix_length)),
    }
}

/// Parses the address of a unikernel. Whether it is in its network is checked later.
pub(super) fn host(text: &str) -> Result<Ipv4Addr, ValueError> {
    address::gateway(text)
}

/// Parses an address outside and its port, `192.0.2.7:443`.
pub(super) fn outside(text: &str) -> Result<SocketAddrV4, ValueError> {
    let (address, port) = text.rsplit_once(':').unwrap_or((text, text));
    let address = address::gateway(address)?;
    let valid = port.parse().ok().filter(|port: &u16| *port != 0);
    let port = valid.ok_or(ValueError::Port(Excerpt::from_source(port)))?;
    Ok(SocketAddrV4::new(address, port))
}
