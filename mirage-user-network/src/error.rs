//! Why a user network cannot be created.

use std::{error, fmt, io, net::SocketAddr};

/// Why a user network cannot be created.
#[derive(Debug)]
pub enum Error {
    /// The host's address of a published port cannot be bound.
    Bind {
        /// The address of the host.
        host: SocketAddr,
        /// The guest's port.
        guest: u16,
        /// The error of the host.
        source: io::Error,
    },
    /// The host refuses a resource, such as a descriptor.
    Io(io::Error),
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Bind { source, .. } | Self::Io(source) => Some(source),
        }
    }
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Self {
        Self::Io(source)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind {
                host,
                guest,
                source,
            } => write!(f, "{host}, which leads to port {guest}: {source}"),
            Self::Io(value) => write!(f, "the user network: {value}"),
        }
    }
}
