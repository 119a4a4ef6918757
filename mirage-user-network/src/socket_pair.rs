//! The two ends of the link between a user network and its guest.

use rustix::{
    io::{FdFlags, fcntl_setfd},
    net::{
        AddressFamily, SocketFlags, SocketType, socketpair,
        sockopt::{set_socket_send_buffer_size, set_socket_send_buffer_size_force},
    },
};
use std::{io, os::fd::OwnedFd};

/// Bytes that may be in flight in each direction. The kernel's default has room for 93 frames.
const SEND_BUFFER_SIZE: usize = 4 << 20;

/// A pair of connected sockets on which each message is one Ethernet frame.
#[derive(Debug)]
pub struct SocketPair {
    /// The network's end, for [`UserNetwork::new`](crate::UserNetwork::new).
    pub network: OwnedFd,
    /// The guest's end. Programs that this process starts inherit it.
    pub guest: OwnedFd,
}

impl SocketPair {
    /// Creates a pair.
    ///
    /// # Errors
    /// The host has no descriptor left.
    pub fn new() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let (network, guest) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
        for end in [&network, &guest] {
            // Only privileged processes may exceed the host's limit.
            set_socket_send_buffer_size_force(end, SEND_BUFFER_SIZE)
                .or_else(|_| set_socket_send_buffer_size(end, SEND_BUFFER_SIZE))?;
        }
        fcntl_setfd(&guest, FdFlags::empty())?;
        Ok(Self { network, guest })
    }
}
