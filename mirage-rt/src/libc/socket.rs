//! Sockets: TCP and UDP over IPv4.
//!
//! A program may bind the ports that the graph declares, port 0, and any port of the loopback interface. Binding any
//! other port fails with `EACCES`, and the log names the missing key. Every peer may be connected to.

mod address;
mod calls;
mod declared;
mod message;
mod option;
mod tcp;
mod udp;
mod value;

use super::{Errno, descriptors::Description};
use crate::net::Error;
pub(super) use address::write as write_address;
use alloc::rc::Rc;
use core::{ffi::c_int, net::SocketAddr};
pub(super) use declared::networks;
pub(super) use option::Options;
pub(super) use value::OptionValue;

/// What sockets have beside other descriptions. No function waits.
pub(super) trait Socket {
    /// Binds an address.
    fn bind(&self, address: SocketAddr) -> Result<(), Errno>;

    /// Begins to accept connections.
    fn listen(&self) -> Result<(), Errno> {
        Err(Errno(::libc::EOPNOTSUPP))
    }

    /// Takes the next connection.
    fn accept(&self) -> Result<(Rc<dyn Description>, SocketAddr), Errno> {
        Err(Errno(::libc::EOPNOTSUPP))
    }

    /// Connects to a peer, or begins to do so: `EINPROGRESS`, and `EALREADY` if that was begun before.
    fn connect(&self, peer: SocketAddr) -> Result<(), Errno>;

    /// Returns how a connection that was begun has ended: `EAGAIN` while the peer has not answered.
    fn connected(&self) -> Result<(), Errno> {
        Ok(())
    }

    /// Dissolves the association with a peer (`AF_UNSPEC`).
    fn disconnect(&self) -> Result<(), Errno> {
        Err(Errno(::libc::EAFNOSUPPORT))
    }

    /// Returns the local address: `None` for a socket of `AF_UNIX`, which has no name.
    fn local(&self) -> Option<SocketAddr>;

    /// Returns the peer's address, as [`local`](Self::local).
    fn peer(&self) -> Result<Option<SocketAddr>, Errno>;

    /// Shuts down directions: `SHUT_RD`, `SHUT_WR` or `SHUT_RDWR`.
    fn shut_down(&self, how: c_int) -> Result<(), Errno>;

    /// Receives, perhaps without taking what is received (MSG_PEEK). Returns the length, which may exceed that of the
    /// buffer, and the sender of a datagram.
    fn receive(
        &self,
        buffer: &mut [u8],
        is_peeking: bool,
    ) -> Result<(usize, Option<SocketAddr>), Errno>;

    /// Sends, to a peer if one is given.
    fn send(&self, data: &[u8], peer: Option<SocketAddr>) -> Result<usize, Errno>;

    /// Sets an option.
    fn set_option(&self, level: c_int, name: c_int, value: OptionValue) -> Result<(), Errno>;

    /// Returns an option.
    fn option(&self, level: c_int, name: c_int) -> Result<OptionValue, Errno>;
}

impl From<Error> for Errno {
    fn from(error: Error) -> Self {
        Self(match error {
            Error::ConnectionRefused => ::libc::ECONNREFUSED,
            Error::ConnectionReset => ::libc::ECONNRESET,
            Error::HostUnreachable => ::libc::EHOSTUNREACH,
            Error::NetworkDown => ::libc::ENETDOWN,
            Error::AddrNotAvailable => ::libc::EADDRNOTAVAIL,
            Error::AddrInUse => ::libc::EADDRINUSE,
            Error::BrokenPipe => ::libc::EPIPE,
            Error::ConnectionAborted => ::libc::ECONNABORTED,
            Error::TimedOut => ::libc::ETIMEDOUT,
            Error::OutOfMemory => ::libc::ENOBUFS,
            Error::MessageTooLong => ::libc::EMSGSIZE,
            Error::NotConnected => ::libc::ENOTCONN,
            Error::PermissionDenied => ::libc::EACCES,
            Error::WouldBlock => ::libc::EAGAIN,
            _ => ::libc::EOPNOTSUPP,
        })
    }
}
