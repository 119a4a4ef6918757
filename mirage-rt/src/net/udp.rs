//! UDP ports and services, on one network or on several.

use super::{Error, TcpListener, several::Several};
use crate::{device::StartError, platform::net as platform};
use alloc::collections::VecDeque;
use core::{
    cell::RefCell,
    future::poll_fn,
    net::{Ipv4Addr, SocketAddr},
    task::{Context, Poll, ready},
};
use mirage_devices::net::Reach;

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
#[derive(Debug)]
pub struct UdpSocket(Sockets);

#[derive(Debug)]
enum Sockets {
    One(platform::UdpSocket),
    Several {
        sockets: Several<platform::UdpSocket>,
        /// The most recent peers, and the positions of the sockets that received from them.
        peers: RefCell<VecDeque<(SocketAddr, usize)>>,
    },
}

/// Maximum number of peers whose interface is remembered.
const MAX_PEERS: usize = 64;

impl UdpSocket {
    /// Opens the port on one network or on several, on each of them by `open`.
    pub(super) fn open<N>(
        networks: &[N],
        open: impl Fn(&N) -> Result<platform::UdpSocket, StartError>,
    ) -> Result<Self, StartError> {
        Ok(match networks {
            [network] => Self::of_one_network(open(network)?),
            networks => Self(Sockets::Several {
                sockets: Several::new(networks.iter().map(open).collect::<Result<_, _>>()?),
                peers: RefCell::default(),
            }),
        })
    }

    pub(super) fn of_one_network(socket: platform::UdpSocket) -> Self {
        Self(Sockets::One(socket))
    }

    /// Waits for the next datagram, and returns its length and its sender. The part that does not fit
    /// into `buffer` is lost.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link of every interface of the port is lost.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        poll_fn(|context| self.receive(|socket| socket.poll_recv_from(context, buffer))).await
    }

    /// Receives a datagram without waiting.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if there is none, and the errors of
    /// [`recv_from`](Self::recv_from).
    pub fn try_recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        let received = self.receive(|socket| match socket.try_recv_from(buffer) {
            Err(Error::WouldBlock) => Poll::Pending,
            result => Poll::Ready(result),
        });
        match received {
            Poll::Ready(result) => result,
            Poll::Pending => Err(Error::WouldBlock),
        }
    }

    /// Receives a datagram by `poll` from the first socket that has one.
    fn receive(
        &self,
        mut poll: impl FnMut(&platform::UdpSocket) -> Poll<Result<(usize, SocketAddr), Error>>,
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        match &self.0 {
            Sockets::One(socket) => poll(socket),
            Sockets::Several { sockets, peers } => {
                let (index, (length, peer)) = ready!(sockets.poll_any(poll))?;
                remember(&mut peers.borrow_mut(), peer, index);
                Poll::Ready(Ok((length, peer)))
            }
        }
    }

    /// Waits until a datagram can be received.
    ///
    /// # Errors
    /// Returns the errors of [`recv_from`](Self::recv_from).
    pub async fn readable(&self) -> Result<(), Error> {
        poll_fn(|context| self.poll_readable(context)).await
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match &self.0 {
            Sockets::One(socket) => socket.poll_recv_ready(context),
            Sockets::Several { sockets, .. } => sockets
                .poll_any(|socket| socket.poll_recv_ready(context))
                .map_ok(|_| ()),
        }
    }

    /// Sends a datagram, and returns its length. Of several interfaces, it uses the one on which `peer`
    /// last sent a datagram, or else the one with a route to `peer`. A datagram whose next hop does not
    /// answer ARP requests within three seconds is lost.
    ///
    /// # Errors
    /// Returns [`Error::MessageTooLong`] if the link cannot carry or the port cannot hold the
    /// datagram, [`Error::HostUnreachable`] if there is no route to `peer`, and
    /// [`Error::NetworkDown`] if the link is lost.
    pub async fn send_to(&self, data: &[u8], peer: SocketAddr) -> Result<usize, Error> {
        let socket = self.socket_to(peer)?;
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
        self.socket_to(peer)?.try_send_to(data, peer)
    }

    /// Waits until the queue of every interface has room for the longest datagram.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link of every interface of the port is lost.
    pub async fn writable(&self) -> Result<(), Error> {
        poll_fn(|context| match &self.0 {
            Sockets::One(socket) => socket.poll_send_ready(context),
            Sockets::Several { sockets, .. } => {
                let mut outcome = Err(Error::NetworkDown);
                for socket in sockets.sockets() {
                    outcome = outcome.or(ready!(socket.poll_send_ready(context)));
                }
                Poll::Ready(outcome)
            }
        })
        .await
    }

    /// Returns the local address and port; the address is 0.0.0.0 for several interfaces, and while
    /// the interface has none. With the host's sockets on `unix` it is the host's.
    pub fn local_addr(&self) -> SocketAddr {
        match &self.0 {
            Sockets::One(socket) => socket.local_addr(),
            Sockets::Several { .. } => (Ipv4Addr::UNSPECIFIED, self.port()).into(),
        }
    }

    /// Returns the port, as the unikernel declares it.
    pub fn port(&self) -> u16 {
        match &self.0 {
            Sockets::One(socket) => socket.port(),
            Sockets::Several { sockets, .. } => sockets
                .sockets()
                .first()
                .map_or(0, platform::UdpSocket::port),
        }
    }

    /// Returns the socket of the interface through which `peer` is reached.
    fn socket_to(&self, peer: SocketAddr) -> Result<&platform::UdpSocket, Error> {
        let (sockets, peers) = match &self.0 {
            Sockets::One(socket) => return Ok(socket),
            Sockets::Several { sockets, peers } => (sockets.sockets(), peers.borrow()),
        };
        let last = peers.iter().find(|(known, _)| *known == peer);
        let last = last.map(|(_, index)| &sockets[*index]);
        if let Some(socket) = last.filter(|socket| socket.reach(peer) != Reach::Nowhere) {
            return Ok(socket);
        }
        let find = |reach| sockets.iter().find(|socket| socket.reach(peer) == reach);
        find(Reach::Network)
            .or_else(|| find(Reach::Gateway))
            .ok_or(Error::HostUnreachable)
    }
}

fn remember(peers: &mut VecDeque<(SocketAddr, usize)>, peer: SocketAddr, index: usize) {
    peers.retain(|(known, _)| *known != peer);
    peers.truncate(MAX_PEERS - 1);
    peers.push_front((peer, index));
}
