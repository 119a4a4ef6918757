//! The host's own sockets, bound to 127.0.0.1.

use super::super::{arguments, reactor::Watched};
use crate::{
    device::StartError,
    net::{Error, UdpError},
    time::{Clock, Duration},
};
use core::net::{Ipv4Addr, SocketAddr};
use std::{
    io::{self, ErrorKind, Read, Write},
    net::{self, Shutdown},
};

/// The address at which a port is reached on the host.
fn reached_at(port: u16) -> (Ipv4Addr, u16) {
    (Ipv4Addr::LOCALHOST, arguments::current().host_port(port))
}

fn not_bound(port: u16, cause: &io::Error) -> StartError {
    let (address, host_port) = reached_at(port);
    StartError::new(alloc::format!(
        "port {port} at {address}:{host_port}: {cause}"
    ))
}

/// A listening TCP socket.
#[derive(Debug)]
pub(super) struct TcpListener {
    socket: Watched<net::TcpListener>,
    port: u16,
}

impl TcpListener {
    pub(super) fn bind(port: u16) -> Result<Self, StartError> {
        let bind = || {
            let socket = net::TcpListener::bind(reached_at(port))?;
            socket.set_nonblocking(true)?;
            Watched::new(socket)
        };
        let socket = bind().map_err(|cause| not_bound(port, &cause))?;
        let (address, host_port) = reached_at(port);
        log::info!("tcp port {port} is at {address}:{host_port}");
        Ok(Self { socket, port })
    }

    pub(super) async fn accept(&self) -> TcpStream {
        loop {
            let accepted = self.socket.when_readable(net::TcpListener::accept).await;
            match accepted.and_then(|(socket, peer)| TcpStream::new(socket, peer)) {
                Ok(stream) => return stream,
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
}

impl TcpStream {
    fn new(socket: net::TcpStream, peer: SocketAddr) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        Ok(Self {
            socket: Watched::new(socket)?,
            peer,
        })
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
        ErrorKind::NotConnected | ErrorKind::BrokenPipe => Error::Closed,
        _ => Error::Reset,
    }
}

/// A UDP socket.
#[derive(Debug)]
pub(super) struct UdpSocket {
    socket: Watched<net::UdpSocket>,
    port: u16,
}

impl UdpSocket {
    pub(super) fn bind(port: u16) -> Result<Self, StartError> {
        let bind = || {
            let socket = net::UdpSocket::bind(reached_at(port))?;
            socket.set_nonblocking(true)?;
            Watched::new(socket)
        };
        let socket = bind().map_err(|cause| not_bound(port, &cause))?;
        let (address, host_port) = reached_at(port);
        log::info!("udp port {port} is at {address}:{host_port}");
        Ok(Self { socket, port })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) async fn recv_from(&self, buffer: &mut [u8]) -> (usize, SocketAddr) {
        loop {
            match self
                .socket
                .when_readable(|socket| socket.recv_from(buffer))
                .await
            {
                Ok(received) => return received,
                // An ICMP error for a datagram sent before: of no concern to the next one.
                Err(error) => log::debug!("udp port {}: {error}", self.port),
            }
        }
    }

    pub(super) async fn send_to(&self, data: &[u8], peer: SocketAddr) -> Result<(), UdpError> {
        match self
            .socket
            .when_writable(|socket| socket.send_to(data, peer))
            .await
        {
            Ok(_) => Ok(()),
            Err(error)
                if error.raw_os_error() == Some(rustix::io::Errno::MSGSIZE.raw_os_error()) =>
            {
                Err(UdpError::TooLong)
            }
            Err(_) => Err(UdpError::Unreachable),
        }
    }
}
