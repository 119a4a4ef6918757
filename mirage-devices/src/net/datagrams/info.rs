//! What a datagram has beside its payload.

use crate::net::ip::{Address, Ecn};
use core::net::SocketAddr;

/// What a datagram has beside its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatagramInfo {
    /// The address of this host. That of a received datagram may be a broadcast address.
    pub local: Address,
    /// The address of the peer. That of a datagram to send may be a broadcast address.
    pub remote: Address,
    /// The port of the peer.
    pub remote_port: u16,
    /// The ECN field.
    pub ecn: Ecn,
}

impl DatagramInfo {
    /// The address and the port of the peer.
    pub fn remote_addr(&self) -> SocketAddr {
        SocketAddr::new(self.remote.to_ip(), self.remote_port)
    }

    /// What no datagram has.
    pub(super) const UNSPECIFIED: Self = Self {
        local: Address::UNSPECIFIED,
        remote: Address::UNSPECIFIED,
        remote_port: 0,
        ecn: Ecn::NotCapable,
    };
}
