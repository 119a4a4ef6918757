//! The network on the host: the host's own sockets, or the unikernel's own stack on a TAP.
//!
//! Which of the two is decided when the process starts, so a socket here is an enumeration of both.
//! Their methods are those of `mirage_devices::net`.

mod host;
mod slots;
mod tap;

use super::{arguments, test::End};

use crate::{
    device::{Device, StartError},
    net::{Error, MacAddress, Settings, attached::Attached},
    random::Random,
    time::Clock,
};
use core::{
    future::poll_fn,
    net::SocketAddr,
    task::{Context, Poll},
};
use embedded_io_async::{ErrorType, Read, Write};
use mirage_devices::net::{
    self as own, Reach, Stack, TcpLimits, UdpLimits, dhcp::Tenancy, ethernet,
};
use rand_core::Rng;
use std::net::Shutdown;
use tap::Tap;

/// A network interface. Started, it can be shared: clones are the same network.
#[derive(Debug, Clone)]
pub struct Network {
    settings: Settings,
    clock: Clock,
    random: Random,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Host,
    Own(Attached<Tap>),
    /// In a test.
    InMemory(Attached<End>),
}

impl Network {
    pub(crate) fn new(settings: Settings, clock: Clock, random: Random) -> Self {
        Self {
            settings,
            clock,
            random,
            kind: Kind::Host,
        }
    }

    /// The network of a host in a test, which runs already.
    pub(super) fn in_memory(settings: Settings, stack: Attached<End>, random: Random) -> Self {
        Self {
            settings,
            clock: Clock,
            random,
            kind: Kind::InMemory(stack),
        }
    }

    /// Our own stack, if it is one, and what it has leased if it asks for its address.
    pub(crate) fn leased(&self) -> Option<(&Stack, &Tenancy)> {
        match &self.kind {
            Kind::Host => None,
            Kind::Own(stack) => Some(stack.leased()),
            Kind::InMemory(stack) => Some(stack.leased()),
        }
    }

    pub(crate) fn listen(&self, port: u16, limits: TcpLimits) -> Result<TcpListener, StartError> {
        Ok(TcpListener(match &self.kind {
            Kind::Host => {
                Listener::Host(host::TcpListener::bind(self.settings.index, port, limits)?)
            }
            Kind::Own(stack) => Listener::Own(stack.listen(port, limits)?),
            Kind::InMemory(stack) => Listener::Own(stack.listen(port, limits)?),
        }))
    }

    pub(crate) fn bind_udp(&self, port: u16, limits: UdpLimits) -> Result<UdpSocket, StartError> {
        Ok(UdpSocket(match &self.kind {
            Kind::Host => Datagrams::Host(host::UdpSocket::bind(self.settings.index, port)?),
            Kind::Own(stack) => Datagrams::Own(stack.bind_udp(port, limits)?),
            Kind::InMemory(stack) => Datagrams::Own(stack.bind_udp(port, limits)?),
        }))
    }

    pub(crate) async fn open_connection(&self, peer: SocketAddr) -> Result<TcpStream, Error> {
        Ok(TcpStream(match &self.kind {
            Kind::Host => Connection::Host(host::TcpStream::connect(peer).await?),
            Kind::Own(stack) => Connection::Own(stack.connect(peer).await?),
            Kind::InMemory(stack) => Connection::Own(stack.connect(peer).await?),
        }))
    }

    pub(crate) fn open_udp_port(&self) -> Result<UdpSocket, Error> {
        Ok(UdpSocket(match &self.kind {
            Kind::Host => Datagrams::Host(host::UdpSocket::open()?),
            Kind::Own(stack) => Datagrams::Own(stack.open_udp()?),
            Kind::InMemory(stack) => Datagrams::Own(stack.open_udp()?),
        }))
    }
}

#[diagnostic::do_not_recommend]
impl Device for Network {
    type Output = Self;

    async fn start(&mut self) -> Result<(), StartError> {
        let Settings { node, mac, mtu, .. } = self.settings;
        let Some(name) = arguments::current().tap(node) else {
            return Ok(());
        };
        let mac = mac.unwrap_or_else(|| {
            let mut mac = [0; 6];
            self.random.fill_bytes(&mut mac);
            MacAddress::locally_administered(mac)
        });
        let mtu = usize::from(mtu.unwrap_or(ethernet::DEFAULT_MTU));
        let link = Tap::open(name, mac, mtu)?;
        let stack = Attached::new(self.settings, link, self.clock, self.random.clone())?;
        self.kind = Kind::Own(stack);
        Ok(())
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        match &self.kind {
            Kind::Host | Kind::InMemory(_) => None,
            Kind::Own(stack) => stack.run(),
        }
    }

    fn provide(self) -> Self {
        self
    }
}

/// A TCP port that is listened on.
#[derive(Debug)]
pub(crate) struct TcpListener(Listener);

#[derive(Debug)]
enum Listener {
    Host(host::TcpListener),
    Own(own::TcpListener),
}

impl TcpListener {
    pub(crate) async fn accept(&self) -> TcpStream {
        match &self.0 {
            Listener::Host(socket) => TcpStream(Connection::Host(socket.accept().await)),
            Listener::Own(socket) => TcpStream(Connection::Own(socket.accept().await)),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        match &self.0 {
            Listener::Host(socket) => socket.port(),
            Listener::Own(socket) => socket.port(),
        }
    }
}

/// A TCP connection.
#[derive(Debug)]
pub struct TcpStream(Connection);

#[derive(Debug)]
enum Connection {
    Host(host::TcpStream),
    Own(own::TcpStream),
}

impl TcpStream {
    /// The other side.
    pub fn peer(&self) -> SocketAddr {
        match &self.0 {
            Connection::Host(socket) => socket.peer(),
            Connection::Own(socket) => socket.peer(),
        }
    }

    /// Ends this side's direction: the peer reads to the end of what was written. Reading goes on.
    pub async fn close(&mut self) {
        match &mut self.0 {
            Connection::Host(socket) => socket.shut_down(Shutdown::Write),
            Connection::Own(socket) => socket.close().await,
        }
    }

    /// Ends the connection at once; what was not delivered is lost.
    pub fn abort(self) {
        match self.0 {
            Connection::Host(socket) => socket.shut_down(Shutdown::Both),
            Connection::Own(socket) => socket.abort(),
        }
    }
}

impl ErrorType for TcpStream {
    type Error = Error;
}

impl ErrorType for &TcpStream {
    type Error = Error;
}

impl Read for &TcpStream {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        match &self.0 {
            Connection::Host(socket) => socket.read(buffer).await,
            Connection::Own(socket) => {
                let mut socket = socket;
                socket.read(buffer).await
            }
        }
    }
}

impl Write for &TcpStream {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        match &self.0 {
            Connection::Host(socket) => socket.write(data).await,
            Connection::Own(socket) => {
                let mut socket = socket;
                socket.write(data).await
            }
        }
    }

    async fn flush(&mut self) -> Result<(), Error> {
        match &self.0 {
            // Neither keeps back what was written.
            Connection::Host(_) | Connection::Own(_) => Ok(()),
        }
    }
}

impl Read for TcpStream {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        (&*self).read(buffer).await
    }
}

impl Write for TcpStream {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        (&*self).write(data).await
    }

    async fn flush(&mut self) -> Result<(), Error> {
        (&*self).flush().await
    }
}

/// A UDP port.
#[derive(Debug)]
pub(crate) struct UdpSocket(Datagrams);

#[derive(Debug)]
enum Datagrams {
    Host(host::UdpSocket),
    Own(own::UdpSocket),
}

impl UdpSocket {
    pub(crate) async fn recv_from(&self, buffer: &mut [u8]) -> (usize, SocketAddr) {
        poll_fn(|context| self.poll_recv_from(context, buffer)).await
    }

    pub(crate) fn poll_recv_from(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<(usize, SocketAddr)> {
        match &self.0 {
            Datagrams::Host(socket) => socket.poll_recv_from(context, buffer),
            Datagrams::Own(socket) => socket.poll_recv_from(context, buffer),
        }
    }

    /// The host finds its own way.
    pub(crate) fn reach(&self, peer: SocketAddr) -> Reach {
        match &self.0 {
            Datagrams::Host(_) => Reach::Gateway,
            Datagrams::Own(socket) => socket.reach(peer),
        }
    }

    pub(crate) async fn send_to(&self, data: &[u8], peer: SocketAddr) -> Result<(), Error> {
        match &self.0 {
            Datagrams::Host(socket) => socket.send_to(data, peer).await,
            Datagrams::Own(socket) => socket.send_to(data, peer).await,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        match &self.0 {
            Datagrams::Host(socket) => socket.port(),
            Datagrams::Own(socket) => socket.port(),
        }
    }
}
