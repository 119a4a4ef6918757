//! UDP ports and services, on one network or on several.

#[cfg(all(mirage_target, feature = "std"))]
mod description;
mod multicast;
mod receive;
mod send;
#[cfg(test)]
mod tests;

use super::{Error, MtuDiscover, TcpListener, several::Several};
use crate::{device::StartError, platform::net as platform};
use alloc::collections::VecDeque;
use core::{
    cell::{Cell, RefCell},
    net::{Ipv4Addr, SocketAddr},
};

/// A service: a TCP port and a UDP port with the same number.
#[derive(Debug)]
pub struct Service {
    /// The UDP port.
    pub udp: UdpSocket,
    /// The TCP port.
    pub tcp: TcpListener,
}

/// A UDP port.
///
/// Each interface queues up to 64 received datagrams with up to 32 KiB, unless the port is declared with
/// other limits. Datagrams that do not fit are lost. The limits of the send queue are the same; sending
/// waits while it is full. Dropping the socket closes the port, and queued datagrams are lost.
///
/// ```
/// use mirage_rt::net::{Error, UdpSocket};
///
/// async fn echo(socket: UdpSocket) -> Result<(), Error> {
///     let mut buffer = [0; 2048];
///     loop {
///         let (length, peer) = socket.recv_from(&mut buffer).await?;
///         // A datagram that cannot be sent back is lost, as any datagram may be.
///         let _ = socket.send_to(&buffer[..length], peer).await;
///     }
/// }
/// # mirage_rt::test::run(async |world| {
/// #     let (server, client) = (world.host("10.0.0.2"), world.host("10.0.0.1"));
/// #     mirage_rt::spawn(async move { echo(server.bind_udp(7)).await.unwrap() });
/// #     let socket = client.network().open_udp().unwrap();
/// #     socket.send_to(b"hello", ([10, 0, 0, 2], 7).into()).await.unwrap();
/// #     assert_eq!(socket.recv_from(&mut [0; 8]).await.unwrap().0, 5);
/// # });
/// ```
///
/// Dropping the socket closes the port, whose number is free from then on. Datagrams that wait to be sent are sent.
///
/// # Errors about datagrams
///
/// Routers and peers report by ICMP that a datagram did not arrive, and an interface does so for a next hop
/// that does not answer ARP requests. Such an error is
///
/// - [`Error::ConnectionRefused`] if the peer has no such port,
/// - [`Error::MessageTooLong`] if the datagram is longer than a link on its path carries,
/// - [`Error::HostUnreachable`] otherwise.
///
/// The next operation of a [connected](Self::connect) socket fails with the error of its peer, once. The
/// socket stays usable. A socket that is not connected keeps the error for
/// [`take_error`](Self::take_error). ICMP is not authenticated, so do not give up a peer because of a
/// single error.
///
/// With the host's sockets on `unix`, errors are those that the host reports, and only to connected sockets.
#[derive(Debug)]
pub struct UdpSocket {
    sockets: Sockets,
    /// The peer that the socket is connected to.
    peer: Cell<Option<SocketAddr>>,
}

#[derive(Debug)]
enum Sockets {
    One(Bound),
    Several {
        sockets: Several<Bound>,
        /// The most recent peers, and the positions of the sockets that received from them.
        peers: RefCell<VecDeque<(SocketAddr, usize)>>,
    },
}

/// The socket of one interface.
#[derive(Debug)]
struct Bound {
    socket: platform::UdpSocket,
    /// The interface's position among those of the unikernel.
    interface: usize,
    /// The peer that it is connected to. If that is not the peer of the port, to which there is no route
    /// from here, it receives nothing for the port.
    peer: Cell<Option<SocketAddr>>,
}

impl Bound {
    fn new((socket, interface): (platform::UdpSocket, usize)) -> Self {
        Self {
            socket,
            interface,
            peer: Cell::new(None),
        }
    }
}

impl UdpSocket {
    /// Opens the port on one network or on several, on each of them by `open`, which also returns the
    /// position of the network's interface.
    pub(super) fn open<N>(
        networks: &[N],
        open: impl Fn(&N) -> Result<(platform::UdpSocket, usize), StartError>,
    ) -> Result<Self, StartError> {
        if let [network] = networks {
            let (socket, interface) = open(network)?;
            return Ok(Self::of_one_network(socket, interface));
        }
        let sockets = networks.iter().map(|network| open(network).map(Bound::new));
        Ok(Self {
            sockets: Sockets::Several {
                sockets: Several::new(sockets.collect::<Result<_, _>>()?),
                peers: RefCell::default(),
            },
            peer: Cell::new(None),
        })
    }

    pub(super) fn of_one_network(socket: platform::UdpSocket, interface: usize) -> Self {
        Self {
            sockets: Sockets::One(Bound::new((socket, interface))),
            peer: Cell::new(None),
        }
    }

    /// Connects the socket to a peer: from now on it receives datagrams of this peer only, and
    /// [errors](#errors-about-datagrams) about datagrams to it. Nothing is sent. Datagrams that were
    /// received before stay in the queue. A socket can be connected again, to another peer.
    ///
    /// ```
    /// use mirage_rt::net::{Error, Network};
    ///
    /// async fn ask(net: &Network, question: &[u8]) -> Result<usize, Error> {
    ///     let socket = net.open_udp()?;
    ///     socket.connect(([10, 0, 0, 1], 53).into())?;
    ///     socket.send(question).await?;
    ///     let mut answer = [0; 512];
    ///     // `ConnectionRefused` if the peer has no such port.
    ///     socket.recv(&mut answer).await
    /// }
    /// # mirage_rt::test::run(async |world| {
    /// #     let (_peer, client) = (world.host("10.0.0.1"), world.host("10.0.0.2"));
    /// #     let refused = ask(&client.network(), b"who?").await;
    /// #     assert_eq!(refused, Err(Error::ConnectionRefused));
    /// # });
    /// ```
    ///
    /// # Errors
    /// Returns [`Error::HostUnreachable`] if there is no route to `peer`, and
    /// [`Error::PermissionDenied`] if it is a broadcast address and the socket may not send
    /// [broadcasts](Self::set_broadcast).
    pub fn connect(&self, peer: SocketAddr) -> Result<(), Error> {
        let mut outcome = Err(Error::HostUnreachable);
        for bound in self.bound() {
            let result = bound.socket.connect(peer);
            if result.is_ok() {
                bound.peer.set(Some(peer));
            }
            outcome = outcome.or(result);
        }
        if outcome.is_ok() {
            self.peer.set(Some(peer));
        }
        outcome
    }

    /// Returns the peer that the socket is connected to.
    ///
    /// # Errors
    /// Returns [`Error::NotConnected`] if it is not connected.
    pub fn peer_addr(&self) -> Result<SocketAddr, Error> {
        self.peer.get().ok_or(Error::NotConnected)
    }

    /// Takes the last [error](#errors-about-datagrams) about a datagram that was sent, with the peer to
    /// which it was sent.
    pub fn take_error(&self) -> Option<(Error, SocketAddr)> {
        let mut errors = self.bound().iter().map(|bound| bound.socket.take_error());
        errors.find_map(|error| error)
    }

    /// Allows or forbids to send broadcasts: to 255.255.255.255, or to the last address of a network of
    /// the interface. At first they are forbidden. Broadcasts are received in any case.
    ///
    /// # Errors
    /// On `unix`, the host's sockets can return any error.
    pub fn set_broadcast(&self, broadcast: bool) -> Result<(), Error> {
        let mut sockets = self.bound().iter();
        sockets.try_for_each(|bound| bound.socket.set_broadcast(broadcast))
    }

    /// Returns whether the socket may send broadcasts.
    ///
    /// # Errors
    /// On `unix`, the host's sockets can return any error.
    pub fn broadcast(&self) -> Result<bool, Error> {
        let first = self.bound().first();
        first.map_or(Ok(false), |bound| bound.socket.broadcast())
    }

    /// Sets whether datagrams are fragmented. At first they are not ([`MtuDiscover::Do`]), as fragments are often
    /// lost (RFC 8900): a protocol does better with datagrams that are not longer than the MTU.
    ///
    /// ```
    /// use mirage_rt::net::{Error, MtuDiscover, UdpSocket};
    /// use core::net::SocketAddr;
    ///
    /// /// Sends up to 65,507 bytes, as far as the send queue of the port allows.
    /// async fn send_long(socket: &UdpSocket, data: &[u8], peer: SocketAddr) -> Result<(), Error> {
    ///     socket.set_mtu_discover(MtuDiscover::Want)?;
    ///     socket.send_to(data, peer).await?;
    ///     Ok(())
    /// }
    /// # mirage_rt::test::run(async |world| {
    /// #     let (server, client) = (world.host("10.0.0.2"), world.host("10.0.0.1"));
    /// #     let (receiver, sender) = (server.bind_udp(7), client.bind_udp(7));
    /// #     let (data, peer) = ([7; 9000], ([10, 0, 0, 2], 7).into());
    /// #     assert_eq!(sender.send_to(&data, peer).await, Err(Error::MessageTooLong));
    /// #     send_long(&sender, &data, peer).await.unwrap();
    /// #     assert_eq!(receiver.recv_from(&mut [0; 10_000]).await.unwrap().0, 9000);
    /// # });
    /// ```
    ///
    /// # Errors
    /// On `unix`, the host's sockets can return any error.
    pub fn set_mtu_discover(&self, mtu_discover: MtuDiscover) -> Result<(), Error> {
        let mut sockets = self.bound().iter();
        sockets.try_for_each(|bound| bound.socket.set_mtu_discover(mtu_discover))
    }

    /// Returns whether datagrams are fragmented.
    ///
    /// # Errors
    /// On `unix`, the host's sockets can return any error.
    pub fn mtu_discover(&self) -> Result<MtuDiscover, Error> {
        let first = self.bound().first();
        first.map_or(Ok(MtuDiscover::default()), |bound| {
            bound.socket.mtu_discover()
        })
    }

    /// Returns the local address and port; the address is 0.0.0.0 for several interfaces, and while
    /// the interface has none. With the host's sockets on `unix` it is the host's.
    pub fn local_addr(&self) -> SocketAddr {
        match &self.sockets {
            Sockets::One(bound) => bound.socket.local_addr(),
            Sockets::Several { .. } => (Ipv4Addr::UNSPECIFIED, self.port()).into(),
        }
    }

    /// Returns the port, as the unikernel declares it.
    pub fn port(&self) -> u16 {
        let first = self.bound().first();
        first.map_or(0, |bound| bound.socket.port())
    }

    /// Returns the socket of each interface.
    fn bound(&self) -> &[Bound] {
        match &self.sockets {
            Sockets::One(bound) => core::slice::from_ref(bound),
            Sockets::Several { sockets, .. } => sockets.sockets(),
        }
    }
}
