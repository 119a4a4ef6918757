//! What the host knows about names, where its sockets are used.

use alloc::{string::String, vec::Vec};
use core::net::SocketAddr;

/// The host's name servers and hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(dead_code, reason = "images have no host")]
pub(crate) struct HostResolver {
    /// Its name servers.
    pub(crate) servers: Vec<SocketAddr>,
    /// Its file of hosts.
    pub(crate) hosts: String,
}
