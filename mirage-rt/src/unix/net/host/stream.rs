//! A TCP connection of the host.

use super::slots::Slot;
use crate::{net::Error, time::Duration, unix::reactor::Watched};
use core::{
    cell::Cell,
    net::SocketAddr,
    task::{Context, Poll, ready},
};
use mirage_devices::net::tcp::Algorithm;
use rustix::{
    io::Errno,
    net::{AddressFamily, SocketFlags, SocketType, connect_unspec, socket_with, sockopt},
};
use std::{
    io::{self, ErrorKind, IoSlice, Read, Write},
    net::{self, Shutdown},
    os::fd::AsFd,
    vec::Vec,
};

/// How much `poll_fill` reads at once, in bytes.
const CAPACITY: usize = 2048;
/// How many buffers one call writes at most.
const MAX_SLICES: usize = 16;
/// How much `poll_reserve` reserves at most, in bytes: as much as our own stack.
const MAX_RESERVATION: usize = 16 * 1024;

/// A TCP connection.
#[derive(Debug)]
pub(crate) struct TcpStream {
    socket: Watched<net::TcpStream>,
    local: SocketAddr,
    peer: SocketAddr,
    closed: Cell<Closed>,
    /// Released when the connection is dropped.
    #[expect(dead_code, reason = "it is there to be dropped")]
    slot: Option<Slot>,
}

/// The directions that this side has closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closed {
    Nothing,
    Writing,
    Both,
}

impl TcpStream {
    pub(super) fn new(socket: net::TcpStream, peer: SocketAddr) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        Ok(Self {
            local: socket.local_addr()?,
            socket: Watched::new(socket)?,
            peer,
            closed: Cell::new(Closed::Nothing),
            slot: None,
        })
    }

    pub(super) fn with_slot(self, slot: Option<Slot>) -> Self {
        Self { slot, ..self }
    }

    pub(crate) async fn connect(peer: SocketAddr, congestion: Algorithm) -> Result<Self, Error> {
        if !peer.is_ipv4() {
            return Err(Error::HostUnreachable);
        }
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let mut stream = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)
            .map_err(io::Error::from)
            .and_then(|socket| Self::new(socket.into(), peer))
            .map_err(|_| Error::OutOfMemory)?;
        set_congestion(stream.socket.io(), congestion);
        let attempt = |socket: &net::TcpStream| match rustix::net::connect(socket, &peer) {
            // Called again, it returns the outcome.
            Err(Errno::INPROGRESS | Errno::ALREADY) => Err(ErrorKind::WouldBlock.into()),
            Ok(()) | Err(Errno::ISCONN) => Ok(()),
            Err(error) => Err(error.into()),
        };
        match stream.socket.when_writable(attempt).await {
            Ok(()) => {
                let local = stream.socket.io().local_addr();
                stream.local = local.map_err(|_| Error::ConnectionReset)?;
                Ok(stream)
            }
            Err(error) => Err(match error.kind() {
                ErrorKind::ConnectionRefused => Error::ConnectionRefused,
                ErrorKind::TimedOut => Error::TimedOut,
                // The host has no port left for this peer.
                ErrorKind::AddrNotAvailable => Error::AddrInUse,
                _ => Error::HostUnreachable,
            }),
        }
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.local
    }

    pub(crate) fn peer_addr(&self) -> SocketAddr {
        self.peer
    }

    pub(crate) fn try_read(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        let read = self.socket.try_read(|mut socket| socket.read(buffer));
        read.map_err(|error| self.cause(&error))
    }

    pub(crate) fn try_write(&self, data: &[u8]) -> Result<usize, Error> {
        let written = self.socket.try_write(|mut socket| socket.write(data));
        written.map_err(|error| self.cause(&error))
    }

    pub(crate) fn try_write_vectored(&self, buffers: &[&[u8]]) -> Result<usize, Error> {
        let mut slices = [IoSlice::new(&[]); MAX_SLICES];
        let buffers = buffers.iter().filter(|buffer| !buffer.is_empty());
        for (slice, buffer) in slices.iter_mut().zip(buffers) {
            *slice = IoSlice::new(buffer);
        }
        let written = self
            .socket
            .try_write(|mut socket| socket.write_vectored(&slices));
        written.map_err(|error| self.cause(&error))
    }

    pub(crate) fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<usize, Error>> {
        loop {
            match self.try_read(buffer) {
                Err(Error::WouldBlock) => ready!(self.poll_read_ready(context)),
                result => return Poll::Ready(result),
            }
        }
    }

    /// Replaces `bytes` by received data, as [`mirage_devices::net::TcpStream::poll_fill`] does.
    pub(crate) fn poll_fill(
        &self,
        context: &mut Context<'_>,
        bytes: &mut Vec<u8>,
    ) -> Poll<Result<usize, Error>> {
        loop {
            *bytes = Vec::new();
            ready!(self.poll_read_ready(context));
            let reserved = bytes.try_reserve_exact(CAPACITY);
            reserved.map_err(|_| Error::OutOfMemory)?;
            bytes.resize(CAPACITY, 0);
            let read = self.try_read(bytes);
            bytes.truncate(read.unwrap_or(0));
            match read {
                Err(Error::WouldBlock) => {}
                result => return Poll::Ready(result.map(|_| 0)),
            }
        }
    }

    pub(crate) fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        self.socket.poll_readable(context)
    }

    pub(crate) fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        self.socket.poll_writable(context)
    }

    /// Replaces `bytes` by memory to write, as [`mirage_devices::net::TcpStream::poll_reserve`] does.
    pub(crate) fn poll_reserve(
        &self,
        context: &mut Context<'_>,
        bytes: &mut Vec<u8>,
        count: usize,
    ) -> Poll<Result<(), Error>> {
        let count = count.min(MAX_RESERVATION);
        if count > 0 {
            // An error of the connection makes it ready, too, and is returned by the write that follows.
            ready!(self.poll_write_ready(context));
            self.check_writable()?;
        }
        let reserved = bytes.try_reserve_exact(count.saturating_sub(bytes.len()));
        reserved.map_err(|_| Error::OutOfMemory)?;
        bytes.resize(count, 0);
        Poll::Ready(Ok(()))
    }

    /// Writes `bytes` and takes from them what is written, as
    /// [`mirage_devices::net::TcpStream::poll_commit`] does.
    pub(crate) fn poll_commit(
        &self,
        context: &mut Context<'_>,
        bytes: &mut Vec<u8>,
    ) -> Poll<Result<(), Error>> {
        while !bytes.is_empty() {
            match self.try_write(bytes) {
                Ok(count) => drop(bytes.drain(..count)),
                Err(Error::WouldBlock) => ready!(self.poll_write_ready(context)),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        self.release_reservation(bytes);
        Poll::Ready(Ok(()))
    }

    /// Frees memory that was reserved.
    pub(crate) fn release_reservation(&self, bytes: &mut Vec<u8>) {
        *bytes = Vec::new();
    }

    fn check_writable(&self) -> Result<(), Error> {
        match self.closed.get() {
            Closed::Nothing => Ok(()),
            Closed::Writing => Err(Error::BrokenPipe),
            Closed::Both => Err(Error::ConnectionAborted),
        }
    }

    pub(crate) fn shutdown(&self) {
        if self.closed.get() == Closed::Nothing {
            self.closed.set(Closed::Writing);
        }
        // It fails if the connection has ended already.
        let _ = self.socket.io().shutdown(Shutdown::Write);
    }

    pub(crate) fn abort(&self) {
        self.closed.set(Closed::Both);
        // Linux resets a connection whose peer is taken away.
        if connect_unspec(self.socket.io()).is_err() {
            let _ = self.socket.io().shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn set_nodelay(&self, nodelay: bool) -> Result<(), Error> {
        let set = self.socket.io().set_nodelay(nodelay);
        set.map_err(|error| self.cause(&error))
    }

    pub(crate) fn set_keepalive(&self, idle: Option<Duration>) -> Result<(), Error> {
        let socket = self.socket.io();
        let set = sockopt::set_socket_keepalive(socket, idle.is_some()).and_then(|()| match idle {
            Some(idle) => {
                let idle = idle.clamp(Duration::from_secs(1), Duration::from_secs(32767));
                sockopt::set_tcp_keepidle(socket, idle)
            }
            None => Ok(()),
        });
        set.map_err(|error| self.cause(&error.into()))
    }

    /// None: the host takes urgent data out of the stream.
    pub(crate) fn urgent(&self) -> Option<usize> {
        None
    }

    /// Why the connection ended.
    fn cause(&self, error: &io::Error) -> Error {
        match (error.kind(), self.closed.get()) {
            (ErrorKind::WouldBlock, _) => Error::WouldBlock,
            (_, Closed::Both) => Error::ConnectionAborted,
            (ErrorKind::TimedOut, _) => Error::TimedOut,
            (ErrorKind::BrokenPipe, Closed::Writing) => Error::BrokenPipe,
            _ => Error::ConnectionReset,
        }
    }
}

/// Sets the congestion control of a socket. A host without the algorithm uses its default.
pub(super) fn set_congestion(socket: impl AsFd, congestion: Algorithm) {
    let _ = sockopt::set_tcp_congestion(socket, congestion.name());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor;

    /// Each Linux has Reno, and lets everybody use it.
    #[test]
    fn a_connection_has_the_congestion_control_that_was_chosen() {
        let server = net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let peer = server.local_addr().unwrap();
        let stream = executor::current()
            .run_until(async move { TcpStream::connect(peer, Algorithm::RENO).await.unwrap() });
        assert_eq!(sockopt::tcp_congestion(stream.socket.io()).unwrap(), "reno");
    }
}
