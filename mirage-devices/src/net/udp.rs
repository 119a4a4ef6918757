//! A UDP port.

use super::{
    datagrams::{self, DatagramInfo, PortError, PortId, SendError},
    error::{BindError, Error},
    ip::{Ecn, IcmpErrorKind},
    limits::UdpLimits,
    state::{Reach, Shared, State},
};
use alloc::rc::Rc;
use core::{
    cell::Cell,
    fmt,
    future::poll_fn,
    net::{Ipv4Addr, SocketAddr},
    task::{Context, Poll, ready},
};

/// A UDP port.
///
/// Up to 64 datagrams, or 32 KiB of them, wait to be received, unless it was given other limits;
/// what comes beyond that is lost. Sending waits while as many wait to be sent.
pub struct UdpSocket {
    shared: Rc<Shared>,
    id: PortId,
    port: u16,
    /// The longest datagram that can be sent, in bytes.
    max_datagram_len: usize,
    /// The last error about a datagram that was sent.
    error: Cell<Option<(Error, SocketAddr)>>,
}

impl UdpSocket {
    pub(super) fn new(shared: Rc<Shared>, port: u16, limits: UdpLimits) -> Result<Self, BindError> {
        let id = {
            let state = &mut *shared.state.borrow_mut();
            state.datagrams.bind(port, None, limits)?
        };
        Ok(Self::open(shared, id, limits))
    }

    /// A port of the stack's choice.
    pub(super) fn ephemeral(shared: Rc<Shared>) -> Result<Self, Error> {
        let limits = UdpLimits::QUESTION;
        let id = {
            let state = &mut *shared.state.borrow_mut();
            if state.link_lost {
                return Err(Error::NetworkDown);
            }
            let bound = state.datagrams.bind_ephemeral(None, limits);
            bound.map_err(|error| match error {
                BindError::OutOfMemory => Error::OutOfMemory,
                BindError::InvalidPort | BindError::AddrInUse => Error::AddrInUse,
            })?
        };
        Ok(Self::open(shared, id, limits))
    }

    fn open(shared: Rc<Shared>, id: PortId, limits: UdpLimits) -> Self {
        let (port, max_payload) = {
            let state = shared.state.borrow();
            (state.datagrams.number(id), state.ip.max_payload())
        };
        Self {
            shared,
            id,
            port,
            max_datagram_len: limits.transmit.min(max_payload - datagrams::HEADER_LEN),
            error: Cell::new(None),
        }
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
        self.receive(&mut self.shared.state.borrow_mut(), buffer)
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
        let state = &mut *self.shared.state.borrow_mut();
        match self.receive(state, buffer) {
            Err(Error::WouldBlock) => {
                let _ = state.datagrams.poll_receive_ready(self.id, context);
                Poll::Pending
            }
            result => Poll::Ready(result),
        }
    }

    /// Takes the next datagram.
    fn receive(&self, state: &mut State, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        let received = state.datagrams.receive(self.id, |info, datagram| {
            let length = datagram.len().min(buffer.len());
            buffer[..length].copy_from_slice(&datagram[..length]);
            let peer = SocketAddr::new(info.remote.to_ip(), info.remote_port);
            (length, peer)
        });
        received.ok_or_else(|| {
            self.take_errors(state);
            match state.link_lost {
                true => Error::NetworkDown,
                false => Error::WouldBlock,
            }
        })
    }

    /// Ready when a datagram has been received; otherwise the task is woken then.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if there is none and the link is lost.
    pub fn poll_recv_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        self.take_errors(state);
        match state.datagrams.poll_receive_ready(self.id, context) {
            Poll::Ready(()) => Poll::Ready(Ok(())),
            Poll::Pending if state.link_lost => Poll::Ready(Err(Error::NetworkDown)),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Takes the last error about a datagram that was sent, with its peer. Such an error may come
    /// from a router or from the peer (ICMP), which is not authenticated; it does not close the port.
    pub fn take_error(&self) -> Option<(Error, SocketAddr)> {
        self.take_errors(&mut self.shared.state.borrow_mut());
        self.error.take()
    }

    /// Keeps the last error about a datagram.
    fn take_errors(&self, state: &mut State) {
        while let Some(error) = state.datagrams.take_error(self.id) {
            let PortError {
                kind,
                remote,
                remote_port,
            } = error;
            let error = match kind {
                IcmpErrorKind::PortUnreachable => Error::ConnectionRefused,
                IcmpErrorKind::FragmentationNeeded { .. } => Error::MessageTooLong,
                _ => Error::HostUnreachable,
            };
            let peer = SocketAddr::new(remote.to_ip(), remote_port);
            self.error.set(Some((error, peer)));
        }
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
        let state = &mut *self.shared.state.borrow_mut();
        let source = state.source_for(peer).or_else(|| {
            // Without an address a host is 0.0.0.0, which is how it asks for one.
            let asks_for_address = peer.ip() == Ipv4Addr::BROADCAST && peer.port() != 0;
            asks_for_address.then(|| Ipv4Addr::UNSPECIFIED.into())
        });
        let local = source.ok_or(Error::HostUnreachable)?;
        if state.link_lost {
            return Err(Error::NetworkDown);
        }
        let info = DatagramInfo {
            local,
            remote: peer.ip().into(),
            remote_port: peer.port(),
            interface: 0,
            ecn: Ecn::NotCapable,
        };
        match state.datagrams.send(self.id, &info, data) {
            Ok(()) => {
                self.shared.work.raise();
                Ok(data.len())
            }
            Err(SendError::WouldBlock) => Err(Error::WouldBlock),
            Err(SendError::TooLong) => Err(Error::MessageTooLong),
            Err(SendError::OutOfMemory) => Err(Error::OutOfMemory),
        }
    }

    /// Ready when the queue has room for the longest datagram; otherwise the task is woken then.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link is lost.
    pub fn poll_send_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        if state.link_lost {
            return Poll::Ready(Err(Error::NetworkDown));
        }
        let length = self.max_datagram_len;
        let ready = state.datagrams.poll_send_ready(self.id, length, context);
        ready.map(Ok)
    }
}

impl Drop for UdpSocket {
    /// Closes the port; what waits to be sent is lost.
    fn drop(&mut self) {
        self.shared.state.borrow_mut().datagrams.close(self.id);
    }
}

impl fmt::Debug for UdpSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdpSocket")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
