//! What identifies a connection.

use crate::net::ip::Address;

/// A local address, as its number in the transport's list. Packets are for few local addresses, and
/// a number is smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LocalAddress(pub u16);

/// The four things that identify a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flow {
    /// The peer's address.
    pub remote: Address,
    /// The peer's port.
    pub remote_port: u16,
    /// Our port.
    pub local_port: u16,
    /// Our address.
    pub local: LocalAddress,
}

impl Flow {
    /// Returns the flow as three integers, for hashing.
    pub fn hash_input(&self) -> [u64; 3] {
        let bytes = u128::from_ne_bytes(*self.remote.as_bytes());
        let ports = u64::from(self.remote_port) << 16 | u64::from(self.local_port);
        [
            bytes as u64,
            (bytes >> 64) as u64,
            u64::from(self.local.0) << 32 | ports,
        ]
    }
}
