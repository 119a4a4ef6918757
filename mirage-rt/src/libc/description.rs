//! What an open file is: a file, a socket, an event counter and so on.

use super::{Errno, socket::Family, wait_queue::WaitQueue};
use crate::{files::vectored::transfer_each, time::Duration};
use alloc::rc::Rc;
use core::{
    any::Any,
    ffi::c_int,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

/// An open file description (POSIX.1-2024, 3.225), which several descriptors can refer to.
///
/// No function of it waits.
pub(super) trait Description {
    /// Reads into a buffer.
    ///
    /// # Errors
    /// `EAGAIN` if nothing can be read now.
    fn read(&self, _buffer: &mut [u8]) -> Result<usize, Errno> {
        Err(Errno(::libc::EINVAL))
    }

    /// Writes from a buffer.
    ///
    /// # Errors
    /// `EAGAIN` if nothing can be written now.
    fn write(&self, _data: &[u8]) -> Result<usize, Errno> {
        Err(Errno(::libc::EINVAL))
    }

    /// Writes from several buffers, one after another.
    ///
    /// # Errors
    /// Those of [`write`](Self::write), if nothing is written.
    fn write_vectored(&self, buffers: &[&[u8]]) -> Result<usize, Errno> {
        let buffers = buffers.iter().filter(|data| !data.is_empty());
        transfer_each(buffers, |data| data.len(), |_, data| self.write(data))
    }

    /// The error that was returned last is for the next call: this one has transferred something before.
    fn keep_error(&self) {}

    /// Returns the events of `epoll` that it is ready for. [`queue`](Self::queue) is woken by the next change.
    fn poll(&self) -> u32 {
        (::libc::EPOLLIN | ::libc::EPOLLOUT) as u32
    }

    /// Returns the queue of those who wait for it; `None` if it is always ready.
    fn queue(&self) -> Option<&WaitQueue> {
        None
    }

    /// How long reading or writing waits: without limit if `None`.
    fn timeout(&self, _direction: Direction) -> Option<Duration> {
        None
    }

    /// Whether each read and each write is a message of its own.
    fn has_messages(&self) -> bool {
        false
    }

    /// Returns how many bytes can be read (FIONREAD).
    fn unread(&self) -> Result<usize, Errno> {
        Err(Errno(::libc::ENOTTY))
    }

    /// Returns itself as a socket.
    fn socket(&self) -> Result<&dyn Socket, Errno> {
        Err(Errno(::libc::ENOTSOCK))
    }

    /// Returns itself, for functions on one kind of descriptions.
    fn as_any(&self) -> &dyn Any;

    /// Sets whether each write is at the end of a file (`O_APPEND`).
    fn set_append(&self, _append: bool) {}

    /// The access mode and the flags that `open` had, as `F_GETFL` returns them.
    fn open_flags(&self) -> c_int {
        ::libc::O_RDWR
    }
}

/// Which way data goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// To the program, as the connections that it accepts.
    Reading,
    /// From the program.
    Writing,
}

/// What sockets have beside other descriptions. No function waits.
pub(super) trait Socket {
    /// Returns the family of its addresses.
    fn family(&self) -> Family;

    /// Binds an address.
    fn bind(&self, address: SocketAddr) -> Result<(), Errno>;

    /// Begins to accept connections.
    fn listen(&self) -> Result<(), Errno> {
        Err(Errno(::libc::EOPNOTSUPP))
    }

    /// Takes the next connection.
    fn accept(&self) -> Result<(Rc<dyn Description>, SocketAddr), Errno> {
        Err(Errno(::libc::EOPNOTSUPP))
    }

    /// Connects to a peer, or begins to do so: `EINPROGRESS`, and `EALREADY` if that was begun before.
    fn connect(&self, peer: SocketAddr) -> Result<(), Errno>;

    /// Returns how a connection that was begun has ended: `EAGAIN` while the peer has not answered.
    fn connected(&self) -> Result<(), Errno> {
        Ok(())
    }

    /// Dissolves the association with a peer (`AF_UNSPEC`).
    fn disconnect(&self) -> Result<(), Errno> {
        Err(Errno(::libc::EAFNOSUPPORT))
    }

    /// Returns the local address: `None` for a socket of `AF_UNIX`, which has no name.
    fn local(&self) -> Option<SocketAddr>;

    /// Returns the peer's address, as [`local`](Self::local).
    fn peer(&self) -> Result<Option<SocketAddr>, Errno>;

    /// Shuts down directions: `SHUT_RD`, `SHUT_WR` or `SHUT_RDWR`.
    fn shut_down(&self, how: c_int) -> Result<(), Errno>;

    /// Receives, perhaps without taking what is received (MSG_PEEK). Returns the length, which may exceed that of the
    /// buffer, and the sender of a datagram.
    fn receive(
        &self,
        buffer: &mut [u8],
        is_peeking: bool,
    ) -> Result<(usize, Option<SocketAddr>), Errno>;

    /// Sends, to a peer if one is given.
    fn send(&self, data: &[u8], peer: Option<SocketAddr>) -> Result<usize, Errno>;

    /// Sets an option.
    fn set_option(&self, level: c_int, name: c_int, value: OptionValue) -> Result<(), Errno>;

    /// Returns an option.
    fn option(&self, level: c_int, name: c_int) -> Result<OptionValue, Errno>;
}

/// The value of an option.
#[derive(Debug, Clone, Copy)]
pub(super) enum OptionValue {
    /// An integer or a flag.
    Number(c_int),
    /// A `timeval`; `None` if it is zero.
    Time(Option<Duration>),
    /// A `linger`; `None` if it is off.
    Linger(Option<Duration>),
    /// An `ip_mreq`, `ip_mreqn` or `ipv6_mreq`.
    Membership(Membership),
}

/// A group, and the interface on which it is joined or left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Membership {
    pub(super) group: IpAddr,
    /// Its address, or 0.0.0.0.
    pub(super) address: Ipv4Addr,
    /// Its number, which counts more than the address, or 0.
    pub(super) index: u32,
}

impl OptionValue {
    /// Returns an integer.
    pub(super) fn number(self) -> Result<c_int, Errno> {
        match self {
            Self::Number(number) => Ok(number),
            _ => Err(Errno(::libc::EINVAL)),
        }
    }
}
