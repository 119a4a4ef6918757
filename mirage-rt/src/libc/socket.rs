//! Sockets: TCP and UDP.
//!
//! A program may bind the ports that the graph declares, port 0, and any port of the loopback interface. Binding any
//! other port fails with `EACCES`, and the log names the missing key. Every peer may be connected to.

mod address;
mod calls;
mod declared;
mod family;
mod message;
mod option;
mod tcp;
mod udp;
mod value;

use super::Errno;
use crate::net::Error;
pub(super) use address::write as write_address;
pub(super) use declared::networks;
pub(super) use family::Family;
pub(super) use option::Options;

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
