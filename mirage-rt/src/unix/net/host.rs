//! The host's own sockets. Each interface has a loopback address of its own: 127.0.0.1 the first,
//! 127.0.0.2 the second.

use super::{
    super::{arguments, reactor::Watched},
    slots::{Slot, Slots},
};
use crate::{
    device::StartError,
    net::Error,
    time::{Clock, Duration},
};
use core::{
    net::{Ipv4Addr, SocketAddr},
    task::{Context, Poll, ready},
};
use mirage_devices::net::TcpLimits;
use mirage_graph::port::loopback;
use rustix::{
    io::Errno,
    net::{AddressFamily, SocketFlags, SocketType, socket_with},
};
use std::{
    io::{self, ErrorKind, Read, Write},
    net::{self, Shutdown},
};

/// Where a port of the interface `index` is reached on the host.
fn reached_at(index: usize, port: u16) -> (Ipv4Addr, u16) {
    let address = loopback::of_interface(index);
    (address, arguments::current().host_port(port))
}

fn not_bound(index: usize, port: u16, error: io::Error) -> StartError {
    let (address, host_port) = reached_at(index, port);
    let message =
        alloc::format!("port {port} at {address}:{host_port} (`-p HOST:{port}` chooses another)");
    StartError::with_source(message, error)
}

/// A listening TCP socket.
#[derive(Debug)]
pub(super) struct TcpListener {
    socket: Watched<net::TcpListener>,
    port: u16,
    /// Where the number of connections has a limit. Buffers are the host's.
    slots: Option<Slots>,
}

impl TcpListener {
    pub(super) fn bind(index: usize, port: u16, limits: TcpLimits) -> Result<Self, StartError> {
        let bind = || {
            let socket = net::TcpListener::bind(reached_at(index, port))?;
            socket.set_nonblocking(true)?;
            Watched::new(socket)
        };
        let socket = bind().map_err(|error| not_bound(index, port, error))?;
        let (address, host_port) = reached_at(index, port);
        log::info!("tcp port {port} is at {address}:{host_port}");
        let slots = limits.connections.map(Slots::new);
        Ok(Self {
            socket,
            port,
            slots,
        })
    }

    pub(super) async fn accept(&self) -> TcpStream {
        let slot = match &self.slots {
            Some(slots) => Some(slots.take().await),
            None => None,
        };
        loop {
            let accepted = self.socket.when_readable(net::TcpListener::accept).await;
            match accepted.and_then(|(socket, peer)| TcpStream::new(socket, peer)) {
                Ok(stream) => return TcpStream { slot, ..stream },
                // The client gave up before it was accepted.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    // Too many open files, mostly: some are closed meanwhile.
                    log::warn!("tcp port {}: cannot accept: {error}", self.port);
                    Clock.sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }
}

/// A TCP connection.
#[derive(Debug)]
pub(super) struct TcpStream {
    socket: Watched<net::TcpStream>,
    peer: SocketAddr,
    /// Given back when the connection is dropped.
    #[expect(dead_code, reason = "it is there to be dropped")]
    slot: Option<Slot>,
}

impl TcpStream {
    fn new(socket: net::TcpStream, peer: SocketAddr) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Self::watched(socket, peer)
    }

    fn watched(socket: net::TcpStream, peer: SocketAddr) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        Ok(Self {
            socket: Watched::new(socket)?,
            peer,
            slot: None,
        })
    }

    pub(super) async fn connect(peer: SocketAddr) -> Result<Self, Error> {
        if !peer.is_ipv4() {
            return Err(Error::HostUnreachable);
        }
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let stream = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)
            .map_err(io::Error::from)
            .and_then(|socket| Self::watched(socket.into(), peer))
            .map_err(|_| Error::OutOfMemory)?;
        let attempt = |socket: &net::TcpStream| match rustix::net::connect(socket, &peer) {
            // Asked again, the host says how it went.
            Err(Errno::INPROGRESS | Errno::ALREADY) => Err(ErrorKind::WouldBlock.into()),
            Ok(()) | Err(Errno::ISCONN) => Ok(()),
            Err(error) => Err(error.into()),
        };
        match stream.socket.when_writable(attempt).await {
            Ok(()) => Ok(stream),
            Err(error) => Err(match error.kind() {
                ErrorKind::ConnectionRefused => Error::ConnectionRefused,
                ErrorKind::TimedOut => Error::TimedOut,
                // The host has no port left for this peer.
                ErrorKind::AddrNotAvailable => Error::AddrInUse,
                _ => Error::HostUnreachable,
            }),
        }
    }

    pub(super) fn peer(&self) -> SocketAddr {
        self.peer
    }

    pub(super) async fn read(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.socket
            .when_readable(|mut socket| socket.read(buffer))
            .await
            .map_err(error)
    }

    pub(super) async fn write(&self, data: &[u8]) -> Result<usize, Error> {
        self.socket
            .when_writable(|mut socket| socket.write(data))
            .await
            .map_err(error)
    }

    pub(super) fn shut_down(&self, how: Shutdown) {
        // It fails if the connection is gone already.
        let _ = self.socket.io().shutdown(how);
    }
}

fn error(error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::TimedOut => Error::TimedOut,
        ErrorKind::NotConnected | ErrorKind::BrokenPipe => Error::BrokenPipe,
        _ => Error::ConnectionReset,
    }
}

/// A UDP socket.
#[derive(Debug)]
pub(super) struct UdpSocket {
    socket: Watched<net::UdpSocket>,
    port: u16,
}

impl UdpSocket {
    pub(super) fn bind(index: usize, port: u16) -> Result<Self, StartError> {
        let bind = || {
            let socket = net::UdpSocket::bind(reached_at(index, port))?;
            socket.set_nonblocking(true)?;
            Watched::new(socket)
        };
        let socket = bind().map_err(|error| not_bound(index, port, error))?;
        let (address, host_port) = reached_at(index, port);
        log::info!("udp port {port} is at {address}:{host_port}");
        Ok(Self { socket, port })
    }

    /// A random port of the host's, of any of its addresses.
    pub(super) fn open() -> Result<Self, Error> {
        let open = || {
            let socket = net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
            socket.set_nonblocking(true)?;
            let port = socket.local_addr()?.port();
            let socket = Watched::new(socket)?;
            Ok(Self { socket, port })
        };
        open().map_err(|error: io::Error| match error.kind() {
            ErrorKind::AddrInUse => Error::AddrInUse,
            _ => Error::OutOfMemory,
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn poll_recv_from(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<(usize, SocketAddr)> {
        loop {
            let received = self
                .socket
                .poll_when_readable(context, |socket| socket.recv_from(buffer));
            match ready!(received) {
                Ok(received) => return Poll::Ready(received),
                // An ICMP error for a datagram sent before: of no concern to the next one.
                Err(error) => log::debug!("udp port {}: {error}", self.port),
            }
        }
    }

    pub(super) async fn send_to(&self, data: &[u8], peer: SocketAddr) -> Result<(), Error> {
        match self
            .socket
            .when_writable(|socket| socket.send_to(data, peer))
            .await
        {
            Ok(_) => Ok(()),
            Err(error)
                if error.raw_os_error() == Some(rustix::io::Errno::MSGSIZE.raw_os_error()) =>
            {
                Err(Error::MessageTooLong)
            }
            Err(_) => Err(Error::HostUnreachable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform;
    use core::future::poll_fn;

    fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
        platform::executor().run_until(main)
    }

    #[test]
    fn a_connection_is_opened_to_whoever_listens() {
        let server = net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let peer = server.local_addr().unwrap();
        let stream = run(async move {
            let stream = TcpStream::connect(peer).await.unwrap();
            stream.write(b"hello").await.unwrap();
            stream
        });
        assert_eq!(stream.peer(), peer);
        let (mut accepted, _) = server.accept().unwrap();
        let mut hello = [0; 5];
        accepted.read_exact(&mut hello).unwrap();
        assert_eq!(&hello, b"hello");
    }

    #[test]
    fn the_host_says_why_there_is_no_connection() {
        let closed = net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let peer = closed.local_addr().unwrap();
        drop(closed);
        for (peer, error) in [
            (peer, Error::ConnectionRefused),
            ((Ipv4Addr::BROADCAST, 80).into(), Error::HostUnreachable),
            ("[::1]:80".parse().unwrap(), Error::HostUnreachable),
        ] {
            let refused = run(async move { TcpStream::connect(peer).await.err() });
            assert_eq!(refused, Some(error), "{peer}");
        }
    }

    #[test]
    fn a_question_is_asked_and_answered() {
        run(async {
            let (one, other) = (UdpSocket::open().unwrap(), UdpSocket::open().unwrap());
            assert_ne!(one.port(), other.port());
            let to = (Ipv4Addr::LOCALHOST, other.port()).into();
            one.send_to(b"who?", to).await.unwrap();
            let mut question = [0; 8];
            let (length, peer) =
                poll_fn(|context| other.poll_recv_from(context, &mut question)).await;
            assert_eq!(&question[..length], b"who?");
            assert_eq!(peer.port(), one.port());
        });
    }
}
