//! The route that a socket remembers.

use super::datagram::Datagram;
use crate::net::{ip::DatagramInfo, state::State};
use core::net::{IpAddr, SocketAddr};

/// The route of the last datagram. It is that of the next one to the same peer, unless the interface has
/// changed.
#[derive(Debug)]
pub(super) struct LastRoute {
    pub(super) generation: u64,
    pub(super) peer: SocketAddr,
    pub(super) src_ip: Option<IpAddr>,
    /// The length of the longest datagram that can be sent, in bytes.
    pub(super) max_len: usize,
    pub(super) info: DatagramInfo,
}

impl LastRoute {
    /// Returns whether it is the route of a datagram.
    #[inline]
    pub(super) fn is_of(&self, state: &State, datagram: &Datagram<'_>) -> bool {
        self.generation == state.ip.generation()
            && self.peer == datagram.destination
            && self.src_ip == datagram.src_ip
    }
}
