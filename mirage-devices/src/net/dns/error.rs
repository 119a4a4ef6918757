//! Why a name was not resolved.

use crate::net::Error;
use core::fmt;
use embedded_io_async::ErrorKind;

/// Why a name has no addresses, or why they are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookupError {
    /// The text is not the name of a host: a label or the name is too long or empty, or has another
    /// character than letters, digits, hyphens and underscores.
    InvalidName,
    /// No name server is known: none is declared, and no DHCP server has named one.
    NoServer,
    /// The name does not exist (NXDOMAIN).
    NoSuchName,
    /// The name exists, and has no address (NODATA).
    NoAddress,
    /// Every name server that has answered has failed or refused, or its answer was malformed.
    ServerFailure,
    /// No name server has answered in time.
    TimedOut,
    /// No name server could be asked, for this reason.
    Unreachable(Error),
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidName => "the name is invalid",
            Self::NoServer => "no name server is known",
            Self::NoSuchName => "the name does not exist",
            Self::NoAddress => "the name has no address",
            Self::ServerFailure => "the name server has failed",
            Self::TimedOut => "no name server has answered in time",
            Self::Unreachable(_) => "no name server could be asked",
        })
    }
}

impl core::error::Error for LookupError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Unreachable(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for LookupError {
    fn from(error: Error) -> Self {
        Self::Unreachable(error)
    }
}

impl embedded_io_async::Error for LookupError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidName => ErrorKind::InvalidInput,
            Self::NoServer => ErrorKind::NotConnected,
            Self::NoSuchName | Self::NoAddress => ErrorKind::NotFound,
            Self::ServerFailure => ErrorKind::Other,
            Self::TimedOut => ErrorKind::TimedOut,
            Self::Unreachable(error) => error.kind(),
        }
    }
}
