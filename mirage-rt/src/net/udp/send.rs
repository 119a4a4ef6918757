//! Sending.

use super::{Bound, Sockets, UdpSocket};
use crate::net::{Datagram, Error};
use core::{
    future::poll_fn,
    net::SocketAddr,
    task::{Poll, ready},
};
use mirage_devices::net::Reach;

impl UdpSocket {
    /// Sends a datagram, and returns its length. Of several interfaces, it uses the one on which `peer`
    /// last sent a datagram, or else the one with a route to `peer`. A datagram whose next hop does not
    /// answer ARP requests within three seconds is lost.
    ///
    /// # Errors
    /// Returns [`Error::MessageTooLong`] if the port cannot hold the datagram, or the link cannot carry it and it
    /// may not be [fragmented](Self::set_mtu_discover), [`Error::HostUnreachable`] if there is no route to `peer`,
    /// [`Error::PermissionDenied`] for a [broadcast](Self::set_broadcast) that is not allowed,
    /// [`Error::NetworkDown`] if the link is lost, [`Error::OutOfMemory`] if the heap is exhausted, and
    /// the [error](#errors-about-datagrams) about a datagram sent before if the socket is connected.
    pub async fn send_to(&self, data: &[u8], peer: SocketAddr) -> Result<usize, Error> {
        let socket = &self.bound_to(peer)?.socket;
        poll_fn(|context| {
            loop {
                match socket.try_send_to(data, peer) {
                    Err(Error::WouldBlock) => ready!(socket.poll_send_ready(context))?,
                    result => return Poll::Ready(result),
                }
            }
        })
        .await
    }

    /// Sends a datagram without waiting.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if the queue has no room, and the errors of
    /// [`send_to`](Self::send_to).
    pub fn try_send_to(&self, data: &[u8], peer: SocketAddr) -> Result<usize, Error> {
        self.bound_to(peer)?.socket.try_send_to(data, peer)
    }

    /// Sends a datagram to the peer that the socket is connected to, and returns its length.
    ///
    /// # Errors
    /// Returns [`Error::NotConnected`] if it is not connected, and the errors of
    /// [`send_to`](Self::send_to).
    pub async fn send(&self, data: &[u8]) -> Result<usize, Error> {
        self.send_to(data, self.peer_addr()?).await
    }

    /// Sends a datagram to the peer that the socket is connected to without waiting.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if the queue has no room, and the errors of [`send`](Self::send).
    pub fn try_send(&self, data: &[u8]) -> Result<usize, Error> {
        self.try_send_to(data, self.peer_addr()?)
    }

    /// Sends datagrams in order until the queue is full or one cannot be sent, and returns how many were
    /// sent. If there is no room for the first one, it waits.
    ///
    /// [`recv_many`](Self::recv_many) has an example that sends a whole batch.
    ///
    /// # Errors
    /// Returns why the first datagram cannot be sent: the errors of [`send_to`](Self::send_to), and
    /// [`Error::AddrNotAvailable`] if its local address or its interface is none of the port. With the
    /// host's sockets on `unix`, a socket of [`open_udp`](crate::net::Network::open_udp) cannot choose the
    /// local address and returns [`Error::Unsupported`].
    pub async fn send_many(&self, datagrams: &[Datagram<'_>]) -> Result<usize, Error> {
        poll_fn(|context| {
            loop {
                match (self.try_send_many(datagrams), datagrams.first()) {
                    (Err(Error::WouldBlock), Some(first)) => {
                        let socket = &self.bound_for(first)?.socket;
                        ready!(socket.poll_send_ready(context))?;
                    }
                    (result, _) => return Poll::Ready(result),
                }
            }
        })
        .await
    }

    /// Sends datagrams without waiting, as [`send_many`](Self::send_many) does.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if the queue has no room for the first datagram, and the errors of
    /// [`send_many`](Self::send_many).
    pub fn try_send_many(&self, datagrams: &[Datagram<'_>]) -> Result<usize, Error> {
        if let Sockets::One(bound) = &self.sockets {
            return bound.socket.try_send_many(datagrams);
        }
        let mut sent = 0;
        while let [first, ..] = &datagrams[sent..] {
            let result = self.bound_for(first).and_then(|bound| {
                let rest = &datagrams[sent..];
                let is_same = |datagram: &&Datagram<'_>| {
                    let other = self.bound_for(datagram);
                    other.is_ok_and(|other| core::ptr::eq(bound, other))
                };
                let count = rest.iter().take_while(is_same).count();
                let sent = bound.socket.try_send_many(&rest[..count])?;
                Ok((sent, sent == count))
            });
            match result {
                Ok((count, is_complete)) => {
                    sent += count;
                    if !is_complete {
                        break;
                    }
                }
                Err(error) if sent == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(sent)
    }

    /// Waits until the queue of every interface has room for the longest datagram.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link of every interface of the port is lost.
    pub async fn writable(&self) -> Result<(), Error> {
        poll_fn(|context| {
            let mut outcome = Err(Error::NetworkDown);
            for bound in self.bound() {
                outcome = outcome.or(ready!(bound.socket.poll_send_ready(context)));
            }
            Poll::Ready(outcome)
        })
        .await
    }

    /// Returns the socket on which a datagram is sent.
    fn bound_for(&self, datagram: &Datagram<'_>) -> Result<&Bound, Error> {
        match (&self.sockets, datagram.interface) {
            (Sockets::Several { sockets, .. }, Some(interface)) => sockets
                .sockets()
                .iter()
                .find(|bound| bound.interface == interface)
                .ok_or(Error::AddrNotAvailable),
            _ => self.bound_to(datagram.destination),
        }
    }

    /// Returns the socket of the interface through which `peer` is reached.
    fn bound_to(&self, peer: SocketAddr) -> Result<&Bound, Error> {
        let (sockets, peers) = match &self.sockets {
            Sockets::One(bound) => return Ok(bound),
            Sockets::Several { sockets, peers } => (sockets.sockets(), peers.borrow()),
        };
        let last = peers.iter().find(|(known, _)| *known == peer);
        let last = last.map(|(_, index)| &sockets[*index]);
        if let Some(bound) = last.filter(|bound| bound.socket.reach(peer) != Reach::Nowhere) {
            return Ok(bound);
        }
        let find = |reach| {
            sockets
                .iter()
                .find(|bound| bound.socket.reach(peer) == reach)
        };
        find(Reach::Network)
            .or_else(|| find(Reach::Gateway))
            .ok_or(Error::HostUnreachable)
    }
}
