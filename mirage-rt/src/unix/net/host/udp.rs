//! A UDP socket of the host.

use super::{not_bound, reached_at};
use crate::{device::StartError, net::Error, readiness, unix::reactor::Watched};
use core::{
    net::{Ipv4Addr, SocketAddr},
    task::{Context, Poll, ready},
};
use mirage_graph::port::Protocol;
use rustix::io::Errno;
use std::{
    io::{self, ErrorKind},
    net,
};

/// A UDP socket.
#[derive(Debug)]
pub(crate) struct UdpSocket {
    socket: Watched<net::UdpSocket>,
    port: u16,
}

impl UdpSocket {
    pub(crate) fn bind(index: usize, port: u16) -> Result<Self, StartError> {
        let bind = || {
            let socket = net::UdpSocket::bind(reached_at(index, port))?;
            socket.set_nonblocking(true)?;
            Watched::new(socket)
        };
        let socket = bind().map_err(|error| not_bound(index, port, error))?;
        readiness::port_is_open(Protocol::Udp, port, reached_at(index, port));
        Ok(Self { socket, port })
    }

    /// Opens a random port of all the host's addresses.
    pub(crate) fn open() -> Result<Self, Error> {
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

    pub(crate) fn local_addr(&self) -> SocketAddr {
        let unspecified = || (Ipv4Addr::UNSPECIFIED, self.port).into();
        self.socket
            .io()
            .local_addr()
            .unwrap_or_else(|_| unspecified())
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn try_recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        loop {
            match self.socket.try_read(|socket| socket.recv_from(buffer)) {
                Ok(received) => return Ok(received),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return Err(Error::WouldBlock);
                }
                // An ICMP error for a datagram sent before: of no concern to the next one.
                Err(error) => log::debug!("udp port {}: {error}", self.port),
            }
        }
    }

    pub(crate) fn poll_recv_from(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        loop {
            match self.try_recv_from(buffer) {
                Err(Error::WouldBlock) => ready!(self.poll_recv_ready(context))?,
                result => return Poll::Ready(result),
            }
        }
    }

    pub(crate) fn try_send_to(&self, data: &[u8], peer: SocketAddr) -> Result<usize, Error> {
        let sent = self.socket.try_write(|socket| socket.send_to(data, peer));
        sent.map_err(|error| match error.raw_os_error() {
            _ if error.kind() == ErrorKind::WouldBlock => Error::WouldBlock,
            Some(code) if code == Errno::MSGSIZE.raw_os_error() => Error::MessageTooLong,
            _ => Error::HostUnreachable,
        })
    }

    pub(crate) fn poll_recv_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.socket.poll_readable(context).map(Ok)
    }

    pub(crate) fn poll_send_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.socket.poll_writable(context).map(Ok)
    }
}
