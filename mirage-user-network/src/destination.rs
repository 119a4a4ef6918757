//! Where the guest may connect to.

use mirage_graph::port::Protocol;
use std::net::SocketAddr;

/// An endpoint that the guest may open connections to, or send datagrams to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The protocol, or both.
    pub protocol: Protocol,
    /// The endpoint, as the guest addresses it.
    pub endpoint: SocketAddr,
}

impl Destination {
    /// Whether it is an endpoint of a protocol.
    pub(crate) fn is(&self, protocol: Protocol, endpoint: SocketAddr) -> bool {
        self.protocol.common(protocol).is_some() && self.endpoint == endpoint
    }
}
