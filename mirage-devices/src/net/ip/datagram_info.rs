//! What a datagram has beside its payload.

use super::packet::{Address, Ecn, PacketHeader, Protocol, UDP_HEADER_LEN};
use core::net::SocketAddr;

/// What a datagram has beside its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatagramInfo {
    /// The address of this host. That of a received datagram may be a broadcast address or a group.
    pub local: Address,
    /// The address of the peer. That of a datagram to send may be a broadcast address or a group.
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

    /// Returns the header of the packet.
    pub(super) const fn packet(&self) -> PacketHeader {
        PacketHeader {
            local: self.local,
            remote: self.remote,
            protocol: Protocol::Udp,
            ecn: self.ecn,
        }
    }

    /// Returns the UDP header of `data_len` bytes from `local_port` as a number. The checksum is 0.
    #[inline(always)]
    pub(super) const fn udp_header(&self, local_port: u16, data_len: usize) -> u64 {
        let ports = (local_port as u64) << 48 | (self.remote_port as u64) << 32;
        ports | ((UDP_HEADER_LEN + data_len) as u16 as u64) << 16
    }

    /// What no datagram has.
    pub(in crate::net) const UNSPECIFIED: Self = Self {
        local: Address::UNSPECIFIED,
        remote: Address::UNSPECIFIED,
        remote_port: 0,
        ecn: Ecn::NotCapable,
    };
}
