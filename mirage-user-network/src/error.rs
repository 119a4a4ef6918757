//! Why a user network cannot be created.

use std::{io, net::SocketAddrV4};

/// Why a user network cannot be created.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The host's address of a published port cannot be bound.
    #[error("{host}, which leads to port {guest}: {source}")]
    Bind {
        /// The address of the host.
        host: SocketAddrV4,
        /// The guest's port.
        guest: u16,
        /// The error of the host.
        source: io::Error,
    },
    /// The host refuses a resource, such as a descriptor.
    #[error("the user network: {0}")]
    Io(#[from] io::Error),
}
