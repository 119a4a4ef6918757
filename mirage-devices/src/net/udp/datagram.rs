//! What accompanies the payload of a datagram.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};

/// A datagram to send.
///
/// ```
/// # use mirage_devices as mirage_rt;
/// use core::net::Ipv4Addr;
/// use mirage_rt::net::Datagram;
///
/// let peer = (Ipv4Addr::new(10, 0, 0, 1), 53).into();
/// let mut question = Datagram::new(b"who?", peer);
/// question.src_ip = Some(Ipv4Addr::new(10, 0, 0, 2).into());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Datagram<'a> {
    /// The payload.
    pub contents: &'a [u8],
    /// The address and the port of the peer.
    pub destination: SocketAddr,
    /// The local address from which it is sent. If absent, it is chosen by the route.
    pub src_ip: Option<IpAddr>,
    /// The interface on which it is sent, by its position among the interfaces of the unikernel. If
    /// absent, it is chosen by the route. A socket of one interface ignores it.
    pub interface: Option<usize>,
}

impl<'a> Datagram<'a> {
    /// Returns a datagram whose local address and interface are chosen by the route.
    pub const fn new(contents: &'a [u8], destination: SocketAddr) -> Self {
        Self {
            contents,
            destination,
            src_ip: None,
            interface: None,
        }
    }
}

/// What accompanies a received datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecvMeta {
    /// The address and the port of the sender.
    pub addr: SocketAddr,
    /// How many bytes of the datagram are in the buffer.
    pub len: usize,
    /// The address to which it was sent: one of this host, a broadcast address, or a group. It is `None` if the
    /// host's sockets are used and the socket is neither declared nor connected.
    pub dst_ip: Option<IpAddr>,
    /// The interface that received it, by its position among the interfaces of the unikernel, from 0.
    pub interface: usize,
}

impl Default for RecvMeta {
    /// Returns that of an empty datagram from 0.0.0.0, to be overwritten.
    fn default() -> Self {
        Self {
            addr: SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0),
            len: 0,
            dst_ip: None,
            interface: 0,
        }
    }
}
