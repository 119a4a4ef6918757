//! The socket of a stream, or of its halves.

use super::platform;
use core::{cell::Cell, ops::Deref};

/// A socket. Dropping it closes the connection, or resets it if received data was not read (RFC 1122,
/// section 4.2.2.13).
#[derive(Debug)]
pub(super) struct Socket {
    socket: platform::TcpStream,
    /// Data was taken from `socket` by `fill_buf` and not consumed. `socket` resets the connection itself
    /// because of data that was not taken from it.
    has_unread: Cell<bool>,
}

impl Socket {
    pub(super) fn new(socket: platform::TcpStream) -> Self {
        Self {
            socket,
            has_unread: Cell::new(false),
        }
    }

    /// Notes what was taken and not consumed.
    pub(super) fn note_unread(&self, unread: &[u8]) {
        self.has_unread.set(!unread.is_empty());
    }
}

impl Deref for Socket {
    type Target = platform::TcpStream;

    fn deref(&self) -> &platform::TcpStream {
        &self.socket
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.has_unread.get() {
            self.socket.abort();
        }
    }
}
