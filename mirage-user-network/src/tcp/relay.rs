//! A connection of the host and one of the guest, with bytes copied between them.

use crate::{filter::FourTuple, poller::Ready};
use rustix::net::sockopt;
use smoltcp::{
    iface::SocketHandle,
    socket::tcp::{Socket, State},
};
use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    time::Duration,
};

/// Who opened a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenedBy {
    /// The guest.
    Guest(FourTuple),
    /// A client of a published port; the connection to the guest has this source port.
    Client(u16),
}

/// A connection of the host and one of the guest, with bytes copied between them.
#[derive(Debug)]
pub struct Relay {
    /// The host's connection.
    stream: TcpStream,
    /// The guest's connection.
    pub socket: SocketHandle,
    /// Who opened it.
    pub opened_by: OpenedBy,
    /// What the host's connection is ready for.
    pub ready: Ready,
    /// The host's peer has closed its direction, and the guest has been sent a FIN.
    host_closed: bool,
    /// The guest has closed its direction, and the host's connection is shut down for writing.
    guest_closed: bool,
}

impl Relay {
    /// Creates a relay between two connections.
    pub fn new(stream: TcpStream, socket: SocketHandle, opened_by: OpenedBy) -> Self {
        Self {
            stream,
            socket,
            opened_by,
            ready: Ready::ALL,
            host_closed: false,
            guest_closed: false,
        }
    }

    /// Copies bytes and half-closes in both directions.
    pub fn copy(&mut self, socket: &mut Socket<'static>) -> bool {
        let copied = self.copy_to_host(socket).and_then(|to_host| {
            let to_guest = self.copy_to_guest(socket)?;
            Ok(to_host || to_guest)
        });
        copied.unwrap_or_else(|_| {
            // The host's connection is reset.
            socket.abort();
            self.host_closed = true;
            true
        })
    }

    fn copy_to_host(&mut self, socket: &mut Socket<'static>) -> io::Result<bool> {
        let mut copied = false;
        while self.ready.writable && socket.can_recv() {
            let written = socket.recv(|bytes| match self.stream.write(bytes) {
                Ok(length) => (length, Ok(length)),
                Err(error) => (0, Err(error)),
            });
            let written = written.expect("there is something to receive");
            copied |= unless_blocked(written, &mut self.ready.writable)?.is_some();
        }
        let closed = matches!(
            socket.state(),
            State::CloseWait | State::LastAck | State::Closing | State::TimeWait
        );
        if closed && !socket.can_recv() && !self.guest_closed {
            self.stream.shutdown(Shutdown::Write)?;
            self.guest_closed = true;
        }
        Ok(copied)
    }

    fn copy_to_guest(&mut self, socket: &mut Socket<'static>) -> io::Result<bool> {
        let mut copied = false;
        while self.ready.readable && !self.host_closed && socket.can_send() {
            let read = socket.send(|room| match self.stream.read(room) {
                Ok(length) => (length, Ok(length)),
                Err(error) => (0, Err(error)),
            });
            let read = read.expect("there is room to send");
            match unless_blocked(read, &mut self.ready.readable)? {
                Some(0) => {
                    socket.close();
                    self.host_closed = true;
                    copied = true;
                }
                Some(_) => copied = true,
                None => {}
            }
        }
        Ok(copied)
    }

    /// Whether the connection is closed at both ends. If the guest has reset it, the host resets it too.
    pub fn is_over(&mut self, socket: &Socket<'static>) -> bool {
        let over = match socket.state() {
            // A pending reset has been sent.
            State::Closed => socket.remote_endpoint().is_none(),
            // The link loses nothing, so no retransmission can arrive.
            State::TimeWait => self.guest_closed,
            _ => false,
        };
        if over && !(self.guest_closed && self.host_closed) {
            // Without linger, closing sends a reset. If it cannot be set, the connection just closes.
            let _ = sockopt::set_socket_linger(&self.stream, Some(Duration::ZERO));
        }
        over
    }
}

/// Returns `None`, and clears `ready`, if the operation would block.
fn unless_blocked(copied: io::Result<usize>, ready: &mut bool) -> io::Result<Option<usize>> {
    match copied {
        Ok(length) => Ok(Some(length)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            *ready = false;
            Ok(None)
        }
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
        Err(error) => Err(error),
    }
}
