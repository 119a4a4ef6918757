//! Errors of connections, datagrams and ports.

use core::fmt;
use embedded_io_async::ErrorKind;

/// Why an operation on a connection, a port or a network failed.
///
/// The names are those of `std::io::ErrorKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The peer does not accept connections at this port.
    ConnectionRefused,
    /// The peer reset the connection.
    ConnectionReset,
    /// There is no route to the peer, or its silence is explained by a report that it is unreachable: no
    /// answer to ARP, or an ICMP error.
    HostUnreachable,
    /// The link of the interface is lost for good.
    NetworkDown,
    /// The interface no longer has the local address of the connection, or none has that from which a
    /// datagram is to be sent, or it is not in the group, or the address is not that of a group.
    AddrNotAvailable,
    /// No local port is free, or the socket is in the group already.
    AddrInUse,
    /// This side has been shut down for writing.
    BrokenPipe,
    /// This side has aborted the connection.
    ConnectionAborted,
    /// The peer did not answer in time.
    TimedOut,
    /// Memory is exhausted, or the interface is in as many groups as it may be in.
    OutOfMemory,
    /// The datagram is longer than the link carries or the port holds.
    MessageTooLong,
    /// The socket is not connected to a peer.
    NotConnected,
    /// The socket may not send broadcasts, or the policy of the interface does not admit it.
    PermissionDenied,
    /// The network does not support the operation.
    Unsupported,
    /// The operation would have to wait. Only the methods called `try_…` return this.
    WouldBlock,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConnectionRefused => "the peer refused the connection",
            Self::ConnectionReset => "the peer reset the connection",
            Self::HostUnreachable => "there is no route to the peer",
            Self::NetworkDown => "the network link is lost",
            Self::AddrNotAvailable => "the interface does not have the local address",
            Self::AddrInUse => "no local port is free",
            Self::BrokenPipe => "the connection is shut down for writing",
            Self::ConnectionAborted => "the connection was aborted",
            Self::TimedOut => "the peer did not answer in time",
            Self::OutOfMemory => "memory is exhausted",
            Self::MessageTooLong => "the datagram is too long",
            Self::NotConnected => "the socket is not connected",
            Self::PermissionDenied => "the operation is not permitted",
            Self::Unsupported => "the network does not support the operation",
            Self::WouldBlock => "the operation would block",
        })
    }
}

impl core::error::Error for Error {}

impl embedded_io_async::Error for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::ConnectionRefused => ErrorKind::ConnectionRefused,
            Self::ConnectionReset => ErrorKind::ConnectionReset,
            Self::HostUnreachable | Self::AddrNotAvailable => ErrorKind::AddrNotAvailable,
            Self::NetworkDown | Self::NotConnected => ErrorKind::NotConnected,
            Self::AddrInUse => ErrorKind::AddrInUse,
            Self::BrokenPipe => ErrorKind::BrokenPipe,
            Self::ConnectionAborted => ErrorKind::ConnectionAborted,
            Self::TimedOut => ErrorKind::TimedOut,
            Self::OutOfMemory => ErrorKind::OutOfMemory,
            Self::MessageTooLong => ErrorKind::InvalidInput,
            Self::PermissionDenied => ErrorKind::PermissionDenied,
            Self::Unsupported => ErrorKind::Unsupported,
            Self::WouldBlock => ErrorKind::Other,
        }
    }
}

/// Why a port was not bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BindError {
    /// Port 0 cannot be bound.
    InvalidPort,
    /// The port is bound already.
    AddrInUse,
    /// Memory for the port's buffers is exhausted.
    OutOfMemory,
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidPort => "port 0 cannot be bound",
            Self::AddrInUse => "the port is in use already",
            Self::OutOfMemory => "memory is exhausted",
        })
    }
}

impl core::error::Error for BindError {}

impl embedded_io_async::Error for BindError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidPort => ErrorKind::InvalidInput,
            Self::AddrInUse => ErrorKind::AddrInUse,
            Self::OutOfMemory => ErrorKind::OutOfMemory,
        }
    }
}
