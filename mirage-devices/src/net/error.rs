//! What may become of a connection or a datagram.

use core::fmt;
use embedded_io_async::ErrorKind;

/// Why reading from or writing to a connection failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The peer reset the connection.
    Reset,
    /// The peer did not answer in time.
    TimedOut,
    /// This side has been closed for writing.
    Closed,
    /// The link below is gone for good.
    LinkLost,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reset => "the peer reset the connection",
            Self::TimedOut => "the peer did not answer in time",
            Self::Closed => "the connection is closed",
            Self::LinkLost => "the network link is gone",
        })
    }
}

impl core::error::Error for Error {}

impl embedded_io_async::Error for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Reset => ErrorKind::ConnectionReset,
            Self::TimedOut => ErrorKind::TimedOut,
            Self::Closed => ErrorKind::BrokenPipe,
            Self::LinkLost => ErrorKind::NotConnected,
        }
    }
}

/// Why a datagram was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UdpError {
    /// It is longer than the link carries.
    TooLong,
    /// There is no way to its destination.
    Unreachable,
    /// The link below is gone for good.
    LinkLost,
}

impl fmt::Display for UdpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the datagram is too long",
            Self::Unreachable => "there is no way to the destination",
            Self::LinkLost => "the network link is gone",
        })
    }
}

impl core::error::Error for UdpError {}
