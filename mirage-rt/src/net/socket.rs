//! A UDP port, on one network or on several, and a service that is one port for TCP and UDP.

use super::{Error, Network, TcpListener};
use crate::{device::StartError, platform::net as platform};
use alloc::{collections::VecDeque, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    future::poll_fn,
    net::SocketAddr,
    task::Poll,
};
use mirage_devices::net::{Reach, UdpLimits};

/// A service that listens at one number for TCP and for UDP.
#[derive(Debug)]
pub struct Service {
    /// The UDP port.
    pub udp: UdpSocket,
    /// The TCP port.
    pub tcp: TcpListener,
}

/// A UDP port.
///
/// On an interface, up to 64 datagrams, or 32 KiB of them, wait to be received, unless it was
/// declared with other limits; what comes beyond that is lost. Sending waits while as many wait to be
/// sent.
#[derive(Debug)]
pub struct UdpSocket(Sockets);

#[derive(Debug)]
enum Sockets {
    One(platform::UdpSocket),
    Several(Several),
}

/// Peers of which it is remembered on which interface they were heard.
const MAX_PEERS: usize = 64;

#[derive(Debug)]
struct Several {
    port: u16,
    sockets: Vec<platform::UdpSocket>,
    /// Which is asked first: each in turn, so that none keeps the others waiting.
    first: Cell<usize>,
    /// Who was heard last, and by which socket.
    heard: RefCell<VecDeque<(SocketAddr, usize)>>,
}

impl UdpSocket {
    pub(crate) fn new(
        port: u16,
        limits: UdpLimits,
        networks: &[Network],
    ) -> Result<Self, StartError> {
        Ok(Self(match networks {
            [network] => Sockets::One(network.bind_udp(port, limits)?),
            networks => Sockets::Several(Several {
                port,
                sockets: networks
                    .iter()
                    .map(|network| network.bind_udp(port, limits))
                    .collect::<Result<_, _>>()?,
                first: Cell::new(0),
                heard: RefCell::default(),
            }),
        }))
    }

    /// A port of one network.
    pub(crate) fn of(socket: platform::UdpSocket) -> Self {
        Self(Sockets::One(socket))
    }

    /// The next datagram: its length, and who sent it. What does not fit in `buffer` is lost.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> (usize, SocketAddr) {
        match &self.0 {
            Sockets::One(socket) => socket.recv_from(buffer).await,
            Sockets::Several(several) => several.recv_from(buffer).await,
        }
    }

    /// Sends a datagram. It leaves by the interface on which `peer` was last heard, or else by the
    /// one that leads there. It is queued, and lost if its next hop does not give its hardware
    /// address within three seconds.
    ///
    /// # Errors
    /// Returns [`Error::MessageTooLong`] if the link cannot carry or the port cannot hold the
    /// datagram, [`Error::HostUnreachable`] if there is no route to `peer`, and
    /// [`Error::NetworkDown`] if the link is lost.
    pub async fn send_to(&self, data: &[u8], peer: SocketAddr) -> Result<(), Error> {
        match &self.0 {
            Sockets::One(socket) => socket.send_to(data, peer).await,
            Sockets::Several(several) => several.way_to(peer)?.send_to(data, peer).await,
        }
    }

    /// The port, as the unikernel declares it.
    pub fn port(&self) -> u16 {
        match &self.0 {
            Sockets::One(socket) => socket.port(),
            Sockets::Several(several) => several.port,
        }
    }
}

impl Several {
    async fn recv_from(&self, buffer: &mut [u8]) -> (usize, SocketAddr) {
        let count = self.sockets.len();
        let first = self.first.get();
        let (index, received) = poll_fn(|context| {
            for index in (first..count).chain(0..first) {
                if let Poll::Ready(received) = self.sockets[index].poll_recv_from(context, buffer) {
                    return Poll::Ready((index, received));
                }
            }
            Poll::Pending
        })
        .await;
        self.first.set((index + 1) % count);
        self.remember(received.1, index);
        received
    }

    fn remember(&self, peer: SocketAddr, index: usize) {
        let mut heard = self.heard.borrow_mut();
        heard.retain(|(known, _)| *known != peer);
        if heard.len() == MAX_PEERS {
            heard.pop_back();
        }
        heard.push_front((peer, index));
    }

    /// The socket by which `peer` is reached.
    fn way_to(&self, peer: SocketAddr) -> Result<&platform::UdpSocket, Error> {
        let heard = self.heard.borrow();
        let heard = heard.iter().find(|(known, _)| *known == peer);
        let heard = heard.map(|(_, index)| &self.sockets[*index]);
        let reach = |socket: &&platform::UdpSocket| socket.reach(peer);
        if let Some(socket) = heard.filter(|socket| reach(socket) != Reach::Nowhere) {
            return Ok(socket);
        }
        let mut sockets = self.sockets.iter();
        let direct = sockets.find(|socket| reach(socket) == Reach::Network);
        let mut sockets = self.sockets.iter();
        direct
            .or_else(|| sockets.find(|socket| reach(socket) == Reach::Gateway))
            .ok_or(Error::HostUnreachable)
    }
}
