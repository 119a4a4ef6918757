//! The next hop of a packet.

use core::net::Ipv4Addr;

/// A neighbour to which a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextHop<A = Ipv4Addr> {
    /// The address of the neighbour.
    pub address: A,
    /// The address of this host with which the neighbour is asked.
    pub source: A,
}
