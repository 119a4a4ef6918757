//! What happens to a frame.

use crate::ndp;
use smoltcp::wire::TcpPacket;
use std::net::{IpAddr, SocketAddr};

/// The endpoints of a TCP connection that the guest opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FourTuple {
    /// The guest's endpoint.
    pub guest: SocketAddr,
    /// The endpoint that it connects to.
    pub remote: SocketAddr,
}

/// What happens to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is discarded.
    Drop,
    /// The network receives it.
    Accept,
    /// The network receives it once the host is connected to the remote endpoint.
    Connect(FourTuple),
    /// It is a message of neighbour discovery, which smoltcp does not receive.
    Discover(ndp::Message),
}

/// Decides on a segment from the guest to a host that it may connect to.
pub fn tcp(from: IpAddr, to: IpAddr, segment: &[u8]) -> Option<Verdict> {
    let segment = TcpPacket::new_checked(segment).ok()?;
    if !segment.syn() || segment.ack() {
        return Some(Verdict::Accept);
    }
    let guest = SocketAddr::new(from, segment.src_port());
    let remote = SocketAddr::new(to, segment.dst_port());
    let are_endpoints = guest.port() != 0 && remote.port() != 0;
    are_endpoints.then_some(Verdict::Connect(FourTuple { guest, remote }))
}
