//! A UDP socket of the host.

use super::HostInterface;
use crate::{
    device::StartError,
    net::{Datagram, Error, MtuDiscover, RecvMeta},
    unix::reactor::Watched,
};
use core::{
    cell::Cell,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    task::{Context, Poll, ready},
};
use mirage_graph::port::Protocol;
use rustix::{
    io::Errno,
    net::sockopt::{self, Ipv4PathMtuDiscovery},
};
use std::{
    io::{self, ErrorKind},
    net,
};

/// A UDP socket.
#[derive(Debug)]
pub(crate) struct UdpSocket {
    socket: Watched<net::UdpSocket>,
    port: u16,
    /// Its address. `None` for all of the host's, until it is connected.
    local: Cell<Option<IpAddr>>,
    peer: Cell<Option<SocketAddr>>,
    /// An error that followed received or sent datagrams of a batch. It fails the next operation.
    error: Cell<Option<Error>>,
}

impl UdpSocket {
    pub(crate) fn bind(interface: HostInterface, port: u16) -> Result<Self, StartError> {
        let bind = || {
            let socket = net::UdpSocket::bind(interface.reached_at(port))?;
            Self::new(socket, port)
        };
        let socket = bind().map_err(|error| interface.not_bound(port, error))?;
        interface.report(Protocol::Udp, port);
        Ok(socket)
    }

    /// Opens a random port of all the host's addresses.
    pub(crate) fn open() -> Result<Self, Error> {
        let open = || {
            let socket = net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
            let port = socket.local_addr()?.port();
            Self::new(socket, port)
        };
        open().map_err(|error: io::Error| match error.kind() {
            ErrorKind::AddrInUse => Error::AddrInUse,
            _ => Error::OutOfMemory,
        })
    }

    fn new(socket: net::UdpSocket, port: u16) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        // As our own stack; the host's default is another.
        sockopt::set_ip_mtu_discover(&socket, Ipv4PathMtuDiscovery::DO)?;
        let this = Self {
            socket: Watched::new(socket)?,
            port,
            local: Cell::new(None),
            peer: Cell::new(None),
            error: Cell::new(None),
        };
        this.find_local();
        Ok(this)
    }

    /// Returns the host's socket.
    pub(super) fn io(&self) -> &net::UdpSocket {
        self.socket.io()
    }

    /// Asks the host for the socket's address.
    fn find_local(&self) {
        let address = self.local_addr().ip();
        self.local
            .set(Some(address).filter(|address| !address.is_unspecified()));
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

    pub(crate) fn connect(&self, peer: SocketAddr) -> Result<(), Error> {
        self.socket
            .io()
            .connect(peer)
            .map_err(|error| to_error(&error))?;
        self.peer.set(Some(peer));
        self.error.set(None);
        self.find_local();
        Ok(())
    }

    /// Takes the last error about a datagram that was sent to the peer.
    pub(crate) fn take_error(&self) -> Option<(Error, SocketAddr)> {
        let peer = self.peer.get()?;
        let error = self.error.take().or_else(|| {
            let error = self.socket.io().take_error().ok()?;
            error.map(|error| to_error(&error))
        });
        Some((error?, peer))
    }

    pub(crate) fn set_broadcast(&self, broadcast: bool) -> Result<(), Error> {
        let set = self.socket.io().set_broadcast(broadcast);
        set.map_err(|error| to_error(&error))
    }

    pub(crate) fn broadcast(&self) -> Result<bool, Error> {
        self.socket
            .io()
            .broadcast()
            .map_err(|error| to_error(&error))
    }

    pub(crate) fn set_mtu_discover(&self, mtu_discover: MtuDiscover) -> Result<(), Error> {
        let value = match mtu_discover {
            MtuDiscover::Do => Ipv4PathMtuDiscovery::DO,
            MtuDiscover::Want => Ipv4PathMtuDiscovery::WANT,
            MtuDiscover::Dont => Ipv4PathMtuDiscovery::DONT,
        };
        let set = sockopt::set_ip_mtu_discover(self.socket.io(), value);
        set.map_err(|error| to_error(&error.into()))
    }

    pub(crate) fn mtu_discover(&self) -> Result<MtuDiscover, Error> {
        match sockopt::ip_mtu_discover(self.socket.io()) {
            Ok(Ipv4PathMtuDiscovery::WANT) => Ok(MtuDiscover::Want),
            Ok(Ipv4PathMtuDiscovery::DONT) => Ok(MtuDiscover::Dont),
            Ok(_) => Ok(MtuDiscover::Do),
            Err(error) => Err(to_error(&error.into())),
        }
    }

    pub(crate) fn try_recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let received = self.socket.try_read(|socket| socket.recv_from(buffer));
        received.map_err(|error| to_error(&error))
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

    pub(crate) fn try_recv_many(
        &self,
        buffers: &mut [impl AsMut<[u8]>],
        meta: &mut [RecvMeta],
    ) -> Result<usize, Error> {
        let places = buffers.iter_mut().zip(meta);
        self.batch(places, |(buffer, meta)| {
            (meta.len, meta.addr) = self.try_recv_from(buffer.as_mut())?;
            meta.dst_ip = self.local.get();
            Ok(())
        })
    }

    pub(crate) fn poll_recv_many(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [impl AsMut<[u8]>],
        meta: &mut [RecvMeta],
    ) -> Poll<Result<usize, Error>> {
        loop {
            match self.try_recv_many(buffers, meta) {
                Err(Error::WouldBlock) => ready!(self.poll_recv_ready(context))?,
                result => return Poll::Ready(result),
            }
        }
    }

    pub(crate) fn try_send_to(&self, data: &[u8], peer: SocketAddr) -> Result<usize, Error> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let sent = self.socket.try_write(|socket| socket.send_to(data, peer));
        sent.map_err(|error| to_error(&error))
    }

    pub(crate) fn try_send_many(&self, datagrams: &[Datagram<'_>]) -> Result<usize, Error> {
        self.batch(datagrams.iter(), |datagram| {
            match (datagram.src_ip, self.local.get()) {
                (None, _) => {}
                (Some(source), Some(local)) if source == local => {}
                (Some(_), Some(_)) => return Err(Error::AddrNotAvailable),
                // The host would choose it.
                (Some(_), None) => return Err(Error::Unsupported),
            }
            self.try_send_to(datagram.contents, datagram.destination)
                .map(|_| ())
        })
    }

    /// Does `each` for every item until one fails, and returns how many did not.
    ///
    /// # Errors
    /// Returns the error of the first item. A later error about a datagram sent before fails the next
    /// operation.
    fn batch<T>(
        &self,
        items: impl Iterator<Item = T>,
        mut each: impl FnMut(T) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let mut count = 0;
        for item in items {
            match each(item) {
                Ok(()) => count += 1,
                Err(error) if count == 0 => return Err(error),
                Err(error) => {
                    let is_reported = self.peer.get().is_some() && is_about_datagram(error);
                    self.error.set(is_reported.then_some(error));
                    break;
                }
            }
        }
        Ok(count)
    }

    pub(crate) fn poll_recv_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.socket.poll_readable(context).map(Ok)
    }

    pub(crate) fn poll_send_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.socket.poll_writable(context).map(Ok)
    }
}

/// Returns whether the host reports an error about a datagram sent before once, and then forgets it.
fn is_about_datagram(error: Error) -> bool {
    matches!(error, Error::ConnectionRefused | Error::HostUnreachable)
}

pub(super) fn to_error(error: &io::Error) -> Error {
    match error.raw_os_error() {
        _ if error.kind() == ErrorKind::WouldBlock => Error::WouldBlock,
        Some(code) if code == Errno::MSGSIZE.raw_os_error() => Error::MessageTooLong,
        Some(code) if code == Errno::ACCESS.raw_os_error() => Error::PermissionDenied,
        Some(code) if code == Errno::CONNREFUSED.raw_os_error() => Error::ConnectionRefused,
        Some(code) if code == Errno::NOPROTOOPT.raw_os_error() => Error::ConnectionRefused,
        _ => Error::HostUnreachable,
    }
}
