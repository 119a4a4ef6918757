//! From which address a datagram is sent.

use super::{UdpSocket, datagram::Datagram, last_route::LastRoute};
use crate::net::{
    error::Error,
    ip::{Address, DatagramInfo, Ecn, UDP_HEADER_LEN, ip_header_len},
    state::State,
};
use core::net::{Ipv4Addr, SocketAddr};

impl UdpSocket {
    /// Returns the route of a datagram, if this socket may send it.
    #[inline(never)]
    pub(super) fn route_of(
        &self,
        state: &State,
        datagram: &Datagram<'_>,
    ) -> Result<LastRoute, Error> {
        let peer = datagram.destination;
        let remote = Address::from(peer.ip());
        let packet = state.ip.mtu().saturating_sub(ip_header_len(remote));
        let max_len = usize::from(packet).saturating_sub(UDP_HEADER_LEN);
        Ok(LastRoute {
            generation: state.ip.generation(),
            peer,
            src_ip: datagram.src_ip,
            max_len: self.queue_size.min(max_len),
            info: DatagramInfo {
                local: self.source(state, datagram)?,
                remote,
                remote_port: peer.port(),
                ecn: Ecn::NotCapable,
            },
        })
    }

    /// Returns the local address from which a datagram is sent.
    fn source(&self, state: &State, datagram: &Datagram<'_>) -> Result<Address, Error> {
        let peer = datagram.destination;
        let routed = self.route(state, peer)?;
        match datagram.src_ip {
            None => Ok(routed),
            Some(source)
                if state.is_usable(source) || source.is_loopback() && peer.ip().is_loopback() =>
            {
                Ok(source.into())
            }
            Some(_) => Err(Error::AddrNotAvailable),
        }
    }

    /// Returns the local address from which `peer` is reached, if this socket may send to it.
    pub(super) fn route(&self, state: &State, peer: SocketAddr) -> Result<Address, Error> {
        let source = state.source_for(peer).or_else(|| {
            // Without an address a host is 0.0.0.0, which is how it asks for one.
            let asks_for_address = peer.ip() == Ipv4Addr::BROADCAST && peer.port() != 0;
            asks_for_address.then(|| Ipv4Addr::UNSPECIFIED.into())
        });
        let source = source.ok_or(Error::HostUnreachable)?;
        if !self.broadcast.get() && state.is_broadcast(peer.ip().into()) {
            return Err(Error::PermissionDenied);
        }
        Ok(source)
    }
}
