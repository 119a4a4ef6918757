//! The admission hook: a policy is asked before a new flow or datagram is accepted.

use super::ip::{Address, Protocol};

/// A flow, as seen from this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// The transport protocol.
    pub protocol: Protocol,
    /// The address of this host, or a broadcast address.
    pub local: Address,
    /// The port of this host.
    pub local_port: u16,
    /// The address of the peer.
    pub remote: Address,
    /// The port of the peer.
    pub remote_port: u16,
}

/// Decides which flows are accepted.
///
/// `()` accepts everything; asking it compiles to nothing.
pub trait Policy {
    /// Returns whether the first segment of a connection, or a datagram, is accepted. What is not
    /// accepted is dropped without an answer.
    fn admits(&mut self, flow: &Flow) -> bool;
}

impl Policy for () {
    #[inline]
    fn admits(&mut self, _: &Flow) -> bool {
        true
    }
}

impl<F: FnMut(&Flow) -> bool> Policy for F {
    #[inline]
    fn admits(&mut self, flow: &Flow) -> bool {
        self(flow)
    }
}
