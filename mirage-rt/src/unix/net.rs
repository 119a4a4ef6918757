//! The network on the host: the host's own sockets.

mod host;

use crate::{
    device::{Run, Start, StartError},
    net::{Error, Settings, UdpError},
    random::Random,
    time::Clock,
};
use core::net::SocketAddr;
use embedded_io_async::{ErrorType, Read, Write};
use std::net::Shutdown;

/// A network interface.
#[derive(Debug, Clone)]
pub struct Network {}

impl Network {
    pub(crate) fn new(_settings: Settings, _clock: Clock, _random: Random) -> Self {
        Self {}
    }

    pub(crate) fn listen(&self, port: u16) -> Result<TcpListener, StartError> {
        host::TcpListener::bind(port).map(|socket| TcpListener(Listener::Host(socket)))
    }

    pub(crate) fn bind_udp(&self, port: u16) -> Result<UdpSocket, StartError> {
        host::UdpSocket::bind(port).map(|socket| UdpSocket(Datagrams::Host(socket)))
    }
}

impl Start for Network {
    async fn start(&mut self) -> Result<(), StartError> {
        Ok(())
    }
}

impl Run for Network {
    fn run(&self) -> impl Future<Output = ()> + 'static {
        core::future::ready(())
    }
}

/// A TCP port that is listened on.
#[derive(Debug)]
pub struct TcpListener(Listener);

#[derive(Debug)]
enum Listener {
    Host(host::TcpListener),
}

impl TcpListener {
    /// The next connection. Waits for one, and never fails.
    pub async fn accept(&self) -> TcpStream {
        match &self.0 {
            Listener::Host(socket) => TcpStream(Connection::Host(socket.accept().await)),
        }
    }

    /// The port, as the unikernel declares it.
    pub fn port(&self) -> u16 {
        match &self.0 {
            Listener::Host(socket) => socket.port(),
        }
    }
}

/// A TCP connection.
#[derive(Debug)]
pub struct TcpStream(Connection);

#[derive(Debug)]
enum Connection {
    Host(host::TcpStream),
}

impl TcpStream {
    /// The other side.
    pub fn peer(&self) -> SocketAddr {
        match &self.0 {
            Connection::Host(socket) => socket.peer(),
        }
    }

    /// Ends this side's direction: the peer reads to the end of what was written. Reading goes on.
    pub async fn close(&mut self) {
        match &self.0 {
            Connection::Host(socket) => socket.shut_down(Shutdown::Write),
        }
    }

    /// Ends the connection at once; what was not delivered is lost.
    pub fn abort(self) {
        match &self.0 {
            Connection::Host(socket) => socket.shut_down(Shutdown::Both),
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
        }
    }
}

impl Write for &TcpStream {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        match &self.0 {
            Connection::Host(socket) => socket.write(data).await,
        }
    }

    async fn flush(&mut self) -> Result<(), Error> {
        match &self.0 {
            Connection::Host(_) => Ok(()),
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
pub struct UdpSocket(Datagrams);

#[derive(Debug)]
enum Datagrams {
    Host(host::UdpSocket),
}

impl UdpSocket {
    /// The next datagram: its length, and who sent it. What does not fit in `buffer` is lost.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> (usize, SocketAddr) {
        match &self.0 {
            Datagrams::Host(socket) => socket.recv_from(buffer).await,
        }
    }

    /// Sends a datagram.
    ///
    /// # Errors
    /// It cannot be sent at all: it is too long, or there is no way to `peer`.
    pub async fn send_to(&self, data: &[u8], peer: SocketAddr) -> Result<(), UdpError> {
        match &self.0 {
            Datagrams::Host(socket) => socket.send_to(data, peer).await,
        }
    }

    /// The port, as the unikernel declares it.
    pub fn port(&self) -> u16 {
        match &self.0 {
            Datagrams::Host(socket) => socket.port(),
        }
    }
}
