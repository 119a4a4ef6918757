//! Ports of the guest that are reached on the host.

use crate::error::Error;
use mirage_graph::port::Protocol;
use std::{
    io,
    net::{SocketAddr, TcpListener, UdpSocket},
};

/// An address of the host that leads to a port of the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedPort {
    /// The protocol, or both.
    pub protocol: Protocol,
    /// The address that the host listens on.
    pub host: SocketAddr,
    /// The guest's port.
    pub guest: u16,
}

impl PublishedPort {
    /// Checks that the host's address can be bound, without keeping it.
    ///
    /// # Errors
    /// Returns [`Error::Bind`] if it cannot.
    pub fn check_free(&self) -> Result<(), Error> {
        let bind = |protocol: &Protocol| match protocol {
            Protocol::Udp => UdpSocket::bind(self.host).map(drop),
            _ => TcpListener::bind(self.host).map(drop),
        };
        let bound = self.protocol.each().iter().try_for_each(bind);
        bound.map_err(|source| self.not_bound(source))
    }

    /// Whether it is a port of `protocol`.
    pub(crate) fn is(&self, protocol: Protocol) -> bool {
        self.protocol.common(protocol).is_some()
    }

    pub(crate) fn not_bound(&self, source: io::Error) -> Error {
        Error::Bind {
            host: self.host,
            guest: self.guest,
            source,
        }
    }
}
