//! A UDP port.

use super::{
    ephemeral,
    error::{BindError, Error},
    limits::UdpLimits,
    outbox::{DatagramSender, Outbox},
    state::{Reach, Shared},
};
use alloc::{collections::TryReserveError, rc::Rc, vec::Vec};
use core::{
    fmt,
    future::poll_fn,
    net::SocketAddr,
    task::{Context, Poll, Waker, ready},
};
use smoltcp::{
    iface::{SocketHandle, SocketStorage},
    socket::udp::{self, PacketMetadata},
};

/// What a datagram that waits to be received takes beside its bytes.
pub(super) const PLACE: usize = size_of::<PacketMetadata>();

/// What a port takes beside its datagrams, at most, in bytes: its place among the sockets, and that
/// among the outboxes.
pub(super) const SOCKET: usize = 3 * size_of::<SocketStorage<'static>>() + 512;

/// A UDP port.
///
/// Up to 64 datagrams, or 32 KiB of them, wait to be received, unless it was given other limits;
/// what comes beyond that is lost. Sending waits while as many wait to be sent.
pub struct UdpSocket {
    shared: Rc<Shared>,
    socket: SocketHandle,
    port: u16,
    /// The longest datagram that can be sent, in bytes.
    max_datagram_len: usize,
}

fn buffer(limits: UdpLimits) -> Result<udp::PacketBuffer<'static>, TryReserveError> {
    let (mut metadata, mut bytes) = (Vec::new(), Vec::new());
    metadata.try_reserve_exact(limits.datagrams.into())?;
    metadata.resize(limits.datagrams.into(), PacketMetadata::EMPTY);
    bytes.try_reserve_exact(limits.receive)?;
    bytes.resize(limits.receive, 0);
    Ok(udp::PacketBuffer::new(metadata, bytes))
}

impl UdpSocket {
    pub(super) fn new(shared: Rc<Shared>, port: u16, limits: UdpLimits) -> Result<Self, BindError> {
        if port == 0 {
            return Err(BindError::InvalidPort);
        }
        if shared.state.borrow().outboxes.contains_key(&port) {
            return Err(BindError::AddrInUse);
        }
        Self::bind(shared, port, limits).ok_or(BindError::OutOfMemory)
    }

    /// A port of the stack's choice.
    pub(super) fn ephemeral(shared: Rc<Shared>) -> Result<Self, Error> {
        let port = {
            let state = shared.state.borrow();
            if state.link_lost {
                return Err(Error::NetworkDown);
            }
            ephemeral::choose(shared.random.clone(), |port| {
                !state.outboxes.contains_key(&port)
            })
        };
        let port = port.ok_or(Error::AddrInUse)?;
        Self::bind(shared, port, UdpLimits::QUESTION).ok_or(Error::OutOfMemory)
    }

    /// The socket of a port that is free; `None` if memory is exhausted.
    fn bind(shared: Rc<Shared>, port: u16, limits: UdpLimits) -> Option<Self> {
        let max_datagram_len = shared.largest_datagram().min(limits.transmit);
        let socket = {
            let state = &mut *shared.state.borrow_mut();
            let outbox = Outbox::new(limits).ok()?;
            // Sending is not smoltcp's.
            let nothing = udp::PacketBuffer::new(Vec::new(), Vec::new());
            let mut socket = udp::Socket::new(buffer(limits).ok()?, nothing);
            socket.bind(port).ok()?;
            let waiting = state.waiting();
            if !state.connections.has_spare(&state.sockets, waiting) {
                return None;
            }
            if state.datagrams.is_none() {
                state.datagrams = Some(DatagramSender::new(shared.largest_datagram()).ok()?);
            }
            state.outboxes.insert(port, outbox);
            state.sockets.add(socket)
        };
        Some(Self {
            shared,
            socket,
            port,
            max_datagram_len,
        })
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the local address and port: 0.0.0.0 while the interface has no address.
    pub fn local_addr(&self) -> SocketAddr {
        (self.shared.address(), self.port).into()
    }

    /// Waits for the next datagram; returns its length and its sender. What does not fit in `buffer`
    /// is lost.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link is lost.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        poll_fn(|context| self.poll_recv_from(context, buffer)).await
    }

    /// Takes the next datagram if one has been received.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if there is none, and [`Error::NetworkDown`] if there is none and
    /// the link is lost.
    pub fn try_recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        self.receive(buffer, None)
    }

    /// Takes the next datagram if one has been received; otherwise the task is woken then.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if there is none and the link is lost.
    pub fn poll_recv_from(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        match self.receive(buffer, Some(context.waker())) {
            Err(Error::WouldBlock) => Poll::Pending,
            result => Poll::Ready(result),
        }
    }

    /// Takes the next datagram. If there is none, `waker` is woken when one has been received.
    fn receive(
        &self,
        buffer: &mut [u8],
        waker: Option<&Waker>,
    ) -> Result<(usize, SocketAddr), Error> {
        let state = &mut *self.shared.state.borrow_mut();
        let socket: &mut udp::Socket<'_> = state.sockets.get_mut(self.socket);
        match socket.recv() {
            Ok((datagram, metadata)) => {
                let length = datagram.len().min(buffer.len());
                buffer[..length].copy_from_slice(&datagram[..length]);
                Ok((length, SocketAddr::from(metadata.endpoint)))
            }
            Err(_) if state.link_lost => Err(Error::NetworkDown),
            Err(_) => {
                if let Some(waker) = waker {
                    socket.register_recv_waker(waker);
                }
                Err(Error::WouldBlock)
            }
        }
    }

    /// Ready when a datagram has been received; otherwise the task is woken then.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if there is none and the link is lost.
    pub fn poll_recv_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        let socket: &mut udp::Socket<'_> = state.sockets.get_mut(self.socket);
        if socket.can_recv() {
            return Poll::Ready(Ok(()));
        }
        if state.link_lost {
            return Poll::Ready(Err(Error::NetworkDown));
        }
        socket.register_recv_waker(context.waker());
        Poll::Pending
    }

    /// Returns how `peer` is reached from here, according to the configuration.
    pub fn reach(&self, peer: SocketAddr) -> Reach {
        match peer {
            SocketAddr::V4(peer) => self.shared.reach(peer),
            SocketAddr::V6(_) => Reach::Nowhere,
        }
    }

    /// Sends a datagram; returns its length. It is queued, and lost if its next hop does not answer
    /// ARP requests within three seconds.
    ///
    /// # Errors
    /// Returns [`Error::MessageTooLong`] if the link cannot carry or the port cannot hold the
    /// datagram, [`Error::HostUnreachable`] if there is no route to `peer`, and
    /// [`Error::NetworkDown`] if the link is lost.
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
        if data.len() > self.max_datagram_len {
            return Err(Error::MessageTooLong);
        }
        let SocketAddr::V4(peer) = peer else {
            return Err(Error::HostUnreachable);
        };
        if self.shared.reach(peer) == Reach::Nowhere {
            return Err(Error::HostUnreachable);
        }
        let state = &mut *self.shared.state.borrow_mut();
        let outbox = state.outboxes.get_mut(&self.port);
        let outbox = outbox.filter(|_| !state.link_lost);
        if !outbox.ok_or(Error::NetworkDown)?.push(peer, data) {
            return Err(Error::WouldBlock);
        }
        self.shared.work.raise();
        Ok(data.len())
    }

    /// Ready when the queue has room for the longest datagram; otherwise the task is woken then.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link is lost.
    pub fn poll_send_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        let outbox = state.outboxes.get_mut(&self.port);
        match outbox.filter(|_| !state.link_lost) {
            Some(outbox) => outbox.poll_room(self.max_datagram_len, context).map(Ok),
            None => Poll::Ready(Err(Error::NetworkDown)),
        }
    }
}

impl Drop for UdpSocket {
    /// Closes the port; what waits to be sent is lost.
    fn drop(&mut self) {
        let state = &mut *self.shared.state.borrow_mut();
        state.outboxes.remove(&self.port);
        state.sockets.remove(self.socket);
    }
}

impl fmt::Debug for UdpSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdpSocket")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
