//! A UDP port.

mod datagram;
mod last_route;
mod multicast;
mod receive;
mod route;
mod send;

pub use datagram::{Datagram, RecvMeta};
use last_route::LastRoute;

use super::{
    datagrams::{PortError, PortId},
    error::{BindError, Error},
    ip::{IcmpErrorKind, MtuDiscover},
    limits::UdpLimits,
    state::{Reach, Shared},
};
use alloc::rc::Rc;
use core::{
    cell::{Cell, RefCell},
    fmt,
    net::SocketAddr,
};

/// A UDP port.
///
/// Up to 64 datagrams, or 32 KiB of them, wait to be received, unless it was given other limits;
/// what comes beyond that is lost. Sending waits while as many wait to be sent.
pub struct UdpSocket {
    pub(super) shared: Rc<Shared>,
    pub(super) id: PortId,
    port: u16,
    /// The size of the send queue, in bytes.
    queue_size: usize,
    /// Whether broadcasts may be sent.
    broadcast: Cell<bool>,
    /// Whether datagrams are fragmented.
    mtu_discover: Cell<MtuDiscover>,
    /// The length of the longest datagram that was fragmented, in bytes.
    max_fragmented_len: Cell<usize>,
    /// The route of the last datagram.
    last_route: RefCell<Option<LastRoute>>,
}

impl UdpSocket {
    pub(super) fn new(shared: Rc<Shared>, port: u16, limits: UdpLimits) -> Result<Self, BindError> {
        let id = {
            let state = &mut *shared.state.borrow_mut();
            state.datagrams.bind(port, limits)?
        };
        Ok(Self::open(shared, id, limits))
    }

    /// A port of the stack's choice.
    pub(super) fn ephemeral(shared: Rc<Shared>) -> Result<Self, Error> {
        let limits = UdpLimits::EPHEMERAL;
        let id = {
            let state = &mut *shared.state.borrow_mut();
            if state.link_lost {
                return Err(Error::NetworkDown);
            }
            let bound = state.datagrams.bind_ephemeral(limits);
            bound.map_err(|error| match error {
                BindError::OutOfMemory => Error::OutOfMemory,
                BindError::InvalidPort | BindError::AddrInUse => Error::AddrInUse,
            })?
        };
        Ok(Self::open(shared, id, limits))
    }

    fn open(shared: Rc<Shared>, id: PortId, limits: UdpLimits) -> Self {
        let port = shared.state.borrow().datagrams.number(id);
        Self {
            shared,
            id,
            port,
            queue_size: limits.transmit,
            broadcast: Cell::new(false),
            mtu_discover: Cell::default(),
            max_fragmented_len: Cell::new(0),
            last_route: RefCell::new(None),
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

    /// Connects the socket: from now on it receives datagrams of `peer` only, and an error about a
    /// datagram that was sent to it fails the next operation. What has been received stays in the queue.
    ///
    /// # Errors
    /// Returns [`Error::HostUnreachable`] if there is no route to `peer`, and
    /// [`Error::PermissionDenied`] if it is a broadcast address and
    /// [`set_broadcast`](Self::set_broadcast) has not allowed it.
    pub fn connect(&self, peer: SocketAddr) -> Result<(), Error> {
        let state = &mut *self.shared.state.borrow_mut();
        self.route(state, peer)?;
        let remote = peer.ip().into();
        state.datagrams.connect(self.id, remote, peer.port());
        Ok(())
    }

    /// Dissolves the association with the peer: datagrams of others are received again.
    pub fn disconnect(&self) {
        self.shared.state.borrow_mut().datagrams.disconnect(self.id);
    }

    /// Allows or forbids to send broadcasts, which a socket may not do at first.
    pub fn set_broadcast(&self, broadcast: bool) -> Result<(), Error> {
        self.broadcast.set(broadcast);
        self.last_route.take();
        Ok(())
    }

    /// Returns whether broadcasts may be sent.
    pub fn broadcast(&self) -> Result<bool, Error> {
        Ok(self.broadcast.get())
    }

    /// Sets whether datagrams are fragmented, which they are not at first ([`MtuDiscover::Do`]). It applies to
    /// those that wait to be sent, too.
    pub fn set_mtu_discover(&self, mtu_discover: MtuDiscover) -> Result<(), Error> {
        self.mtu_discover.set(mtu_discover);
        self.max_fragmented_len.set(0);
        let state = &mut *self.shared.state.borrow_mut();
        state.datagrams.set_mtu_discover(self.id, mtu_discover);
        Ok(())
    }

    /// Returns whether datagrams are fragmented.
    pub fn mtu_discover(&self) -> Result<MtuDiscover, Error> {
        Ok(self.mtu_discover.get())
    }

    /// Takes the last error about a datagram that was sent, with its peer. Such an error may come
    /// from a router or from the peer (ICMP), which is not authenticated; it does not close the port.
    pub fn take_error(&self) -> Option<(Error, SocketAddr)> {
        let error = self
            .shared
            .state
            .borrow_mut()
            .datagrams
            .take_error(self.id)?;
        let peer = SocketAddr::new(error.remote.to_ip(), error.remote_port);
        Some((error.to_error(), peer))
    }

    /// Returns how `peer` is reached from here, according to the configuration.
    pub fn reach(&self, peer: SocketAddr) -> Reach {
        self.shared.reach(peer)
    }
}

impl PortError {
    /// Returns the error as sockets return it.
    pub(super) fn to_error(self) -> Error {
        match self.kind {
            IcmpErrorKind::PortUnreachable | IcmpErrorKind::ProtocolUnreachable => {
                Error::ConnectionRefused
            }
            IcmpErrorKind::FragmentationNeeded { .. } => Error::MessageTooLong,
            _ => Error::HostUnreachable,
        }
    }
}

impl Drop for UdpSocket {
    /// Closes the port, whose number is free from now on, and leaves its groups. What waits to be sent is sent.
    fn drop(&mut self) {
        let state = &mut *self.shared.state.borrow_mut();
        self.leave_groups(state);
        state.datagrams.close(self.id);
    }
}

impl fmt::Debug for UdpSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdpSocket")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
