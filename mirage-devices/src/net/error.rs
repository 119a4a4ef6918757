//! What may become of a connection or a datagram.

use core::fmt;
use embedded_io_async::ErrorKind;

/// Why opening a connection, reading from it or writing to it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The peer does not accept connections at this port.
    Refused,
    /// There is no way to the peer.
    Unreachable,
    /// Memory, or the ports for connections to this peer, are used up.
    Exhausted,
    /// The peer reset the connection.
    Reset,
    /// The peer did not answer in time.
    TimedOut,
    /// This side has been closed for writing.
    Closed,
    /// The interface no longer has the address of the connection.
    AddressLost,
    /// The link below is gone for good.
    LinkLost,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "the peer refused the connection",
            Self::Unreachable => "there is no way to the peer",
            Self::Exhausted => "memory or ports are used up",
            Self::Reset => "the peer reset the connection",
            Self::TimedOut => "the peer did not answer in time",
            Self::Closed => "the connection is closed",
            Self::AddressLost => "the interface has lost the connection's address",
            Self::LinkLost => "the network link is gone",
        })
    }
}

impl core::error::Error for Error {}

impl embedded_io_async::Error for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused => ErrorKind::ConnectionRefused,
            Self::Unreachable => ErrorKind::AddrNotAvailable,
            Self::Exhausted => ErrorKind::OutOfMemory,
            Self::Reset => ErrorKind::ConnectionReset,
            Self::TimedOut => ErrorKind::TimedOut,
            Self::Closed => ErrorKind::BrokenPipe,
            Self::AddressLost | Self::LinkLost => ErrorKind::NotConnected,
        }
    }
}

/// Why a datagram was not sent, or a socket for datagrams not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UdpError {
    /// It is longer than the link carries.
    TooLong,
    /// There is no way to its destination.
    Unreachable,
    /// Memory, or the ports, are used up.
    Exhausted,
    /// The link below is gone for good.
    LinkLost,
}

impl fmt::Display for UdpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the datagram is too long",
            Self::Unreachable => "there is no way to the destination",
            Self::Exhausted => "memory or ports are used up",
            Self::LinkLost => "the network link is gone",
        })
    }
}

impl core::error::Error for UdpError {}
