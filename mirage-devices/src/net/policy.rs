//! The admission hook: a policy is asked before a connection is opened and before a datagram is received or
//! sent.

mod rules;

pub use rules::{Accept, Client, Peer, Rules};

use super::ip::{Address, Protocol};
use alloc::boxed::Box;

/// Who sends the first packet of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The peer.
    In,
    /// This host.
    Out,
}

/// What a policy is asked to admit: the first segment of a connection, or a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Who sends first.
    pub direction: Direction,
    /// The transport protocol.
    pub protocol: Protocol,
    /// The address of this host, or a broadcast address.
    pub local: Address,
    /// The port of this host; 0 for a connection that this host opens, whose port is not chosen yet.
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
    /// Returns whether the first segment (SYN) of a connection, or a datagram, is accepted. A packet of a
    /// peer that is not accepted is dropped without an answer; a call of this host fails with
    /// [`Error::PermissionDenied`](super::Error::PermissionDenied).
    fn admits(&mut self, request: &Request) -> bool;
}

impl Policy for () {
    #[inline]
    fn admits(&mut self, _: &Request) -> bool {
        true
    }
}

impl<F: FnMut(&Request) -> bool> Policy for F {
    #[inline]
    fn admits(&mut self, request: &Request) -> bool {
        self(request)
    }
}

/// `None` accepts everything.
impl Policy for Option<Box<dyn Policy>> {
    #[inline]
    fn admits(&mut self, request: &Request) -> bool {
        self.as_mut().is_none_or(|policy| policy.admits(request))
    }
}
