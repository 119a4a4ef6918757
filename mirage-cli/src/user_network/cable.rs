//! The cable between a user network and a tender: two sockets that keep frames apart.

use rustix::{
    io::{FdFlags, fcntl_setfd},
    net::{
        AddressFamily, SocketFlags, SocketType, socketpair,
        sockopt::{set_socket_send_buffer_size, set_socket_send_buffer_size_force},
    },
};
use std::{
    io,
    os::fd::{AsRawFd, OwnedFd, RawFd},
};

/// What is on its way in one direction, in bytes. The kernel's own default is 93 frames.
const ON_THE_WAY: usize = 4 << 20;

/// Both ends.
#[derive(Debug)]
pub struct Cable {
    /// The network's.
    pub network: OwnedFd,
    /// The unikernel's, which a program that is started inherits.
    pub guest: OwnedFd,
}

impl Cable {
    /// A cable that nobody is at.
    pub fn new() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let (network, guest) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
        for end in [&network, &guest] {
            // More than the host's limit is for those with privileges.
            set_socket_send_buffer_size_force(end, ON_THE_WAY)
                .or_else(|_| set_socket_send_buffer_size(end, ON_THE_WAY))?;
        }
        fcntl_setfd(&guest, FdFlags::empty())?;
        Ok(Self { network, guest })
    }

    /// The number of the unikernel's end.
    pub fn number(&self) -> RawFd {
        self.guest.as_raw_fd()
    }
}
