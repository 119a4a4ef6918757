//! Sending.

use super::{UdpSocket, datagram::Datagram};
use crate::net::{
    datagrams::{DatagramInfo, SendError},
    error::Error,
    ip::{Address, MtuDiscover, Protocol, UDP_HEADER_LEN, max_datagram_len},
    policy::{Direction, Policy, Request},
    state::State,
};
use core::{
    future::poll_fn,
    net::SocketAddr,
    task::{Context, Poll, ready},
};

impl UdpSocket {
    /// Sends a datagram; returns its length. It is queued, and lost if its next hop does not answer
    /// ARP requests within three seconds.
    ///
    /// # Errors
    /// Returns
    ///
    /// - [`Error::MessageTooLong`] if the port cannot hold the datagram, or the link cannot carry it and it may
    ///   not be [fragmented](Self::set_mtu_discover),
    /// - [`Error::HostUnreachable`] if there is no route to `peer`,
    /// - [`Error::PermissionDenied`] if the policy does not admit it, or it is a broadcast and
    ///   [`set_broadcast`](Self::set_broadcast) has not allowed it,
    /// - [`Error::NetworkDown`] if the link is lost,
    /// - [`Error::OutOfMemory`] if the heap is exhausted,
    /// - the error about a datagram sent before if the socket is connected.
    pub async fn send_to(&self, data: &[u8], peer: SocketAddr) -> Result<usize, Error> {
        poll_fn(|context| {
            loop {
                match self.try_send_to(data, peer) {
                    Err(Error::WouldBlock) => ready!(self.poll_send_ready(context))?,
                    result => return Poll::Ready(result),
                }
            }
        })
        .await
    }

    /// Sends a datagram if there is room for it in the queue.
    ///
    /// # Errors
    /// Those of [`send_to`](Self::send_to), and [`Error::WouldBlock`] if there is no room.
    pub fn try_send_to(&self, data: &[u8], peer: SocketAddr) -> Result<usize, Error> {
        let state = &mut *self.shared.state.borrow_mut();
        self.queue(state, &Datagram::new(data, peer))?;
        self.shared.work.raise();
        Ok(data.len())
    }

    /// Sends datagrams until there is no room for one in the queue, or one cannot be sent; returns how
    /// many were sent.
    ///
    /// # Errors
    /// Those of [`try_send_to`](Self::try_send_to) for the first datagram, and
    /// [`Error::AddrNotAvailable`] if its local address is not one of this host.
    pub fn try_send_many(&self, datagrams: &[Datagram<'_>]) -> Result<usize, Error> {
        let state = &mut *self.shared.state.borrow_mut();
        let mut count = 0;
        for datagram in datagrams {
            match self.queue(state, datagram) {
                Ok(()) => count += 1,
                Err(error) if count == 0 => return Err(error),
                Err(_) => break,
            }
        }
        self.shared.work.raise();
        Ok(count)
    }

    /// Ready when the queue has room for the longest datagram that is not fragmented, or the longest that was;
    /// otherwise the task is woken then.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link is lost.
    pub fn poll_send_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        if state.link_lost {
            return Poll::Ready(Err(Error::NetworkDown));
        }
        let length = self
            .max_datagram_len(state)
            .max(self.max_fragmented_len.get());
        let ready = state.datagrams.poll_send_ready(self.id, length, context);
        ready.map(Ok)
    }

    /// Returns the length of the longest datagram that can be sent to an IPv4 address in one packet, in bytes, which
    /// is more than can be sent to others.
    #[inline]
    fn max_datagram_len(&self, state: &State) -> usize {
        let packet = state.ip.max_payload().saturating_sub(UDP_HEADER_LEN);
        self.queue_size.min(packet)
    }

    fn queue(&self, state: &mut State, datagram: &Datagram<'_>) -> Result<(), Error> {
        let last = &mut *self.last_route.borrow_mut();
        let last = match last {
            Some(last) if last.is_of(state, datagram) => last,
            _ => last.insert(self.route_of(state, datagram)?),
        };
        if datagram.contents.len() > last.max_len {
            self.check_fragmented(datagram.contents.len(), last.info.remote)?;
        }
        let info = &last.info;
        if state.link_lost {
            return Err(Error::NetworkDown);
        }
        if state.policy.is_some() && !self.admits(state, info) {
            return Err(Error::PermissionDenied);
        }
        let queued = state.datagrams.send(self.id, info, datagram.contents);
        queued.map_err(|error| match error {
            SendError::WouldBlock => Error::WouldBlock,
            SendError::TooLong => Error::MessageTooLong,
            SendError::OutOfMemory => Error::OutOfMemory,
            SendError::Port(error) => error.to_error(),
        })
    }

    /// Returns an error if a datagram of `length` bytes to `remote`, which the link cannot carry, cannot be
    /// fragmented.
    #[cold]
    fn check_fragmented(&self, length: usize, remote: Address) -> Result<(), Error> {
        let is_possible = length <= self.queue_size.min(max_datagram_len(remote));
        if self.mtu_discover.get() == MtuDiscover::Do || !is_possible {
            return Err(Error::MessageTooLong);
        }
        self.max_fragmented_len
            .set(self.max_fragmented_len.get().max(length));
        Ok(())
    }

    /// Returns whether the policy admits a datagram.
    #[inline(never)]
    fn admits(&self, state: &mut State, info: &DatagramInfo) -> bool {
        state.policy.admits(&Request {
            direction: Direction::Out,
            protocol: Protocol::Udp,
            local: info.local,
            local_port: self.port,
            remote: info.remote,
            remote_port: info.remote_port,
        })
    }
}
