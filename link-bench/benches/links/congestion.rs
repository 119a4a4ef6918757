//! The congestion control of Linux's sockets.

use rustix::net::sockopt::set_tcp_congestion;
use std::{io, os::fd::AsFd};

/// Makes a socket use CUBIC: a host may have another default, which its namespaces inherit.
///
/// # Errors
/// Fails if Linux has no CUBIC.
pub fn set_cubic(socket: impl AsFd) -> io::Result<()> {
    Ok(set_tcp_congestion(socket, "cubic")?)
}
