//! What a descriptor of a program with std needs of a connection. Nothing reads it by `fill_buf`.

use super::TcpStream;
use crate::{net::Error, time::Duration};
use core::task::{Context, Poll, Waker};
use mirage_devices::net::{KeepAlive, Ready};

impl TcpStream {
    /// Returns what can be done now, and wakes `waker` as [`mirage_devices::net::TcpStream::watch`] does.
    pub(crate) fn watch(&self, waker: &Waker) -> Ready {
        self.socket.watch(waker)
    }

    /// Whether the connection is open: an error says why it could not be opened. Otherwise `waker` is woken.
    pub(crate) fn poll_opened(&self, waker: &Waker) -> Poll<Result<(), Error>> {
        self.socket.poll_opened(&mut Context::from_waker(waker))
    }

    /// Returns how many bytes can be read.
    pub(crate) fn unread(&self) -> usize {
        self.socket.unread()
    }

    /// Copies received data without taking it.
    ///
    /// # Errors
    /// Returns the errors of [`try_read`](Self::try_read).
    pub(crate) fn try_peek(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.socket.try_peek(buffer)
    }

    /// Sets the probes of a silent peer, or turns them off.
    pub(crate) fn set_probes(&self, probes: Option<KeepAlive>) {
        self.socket.set_probes(probes);
    }

    /// Sets how long data may stay unacknowledged before the connection fails.
    pub(crate) fn set_user_timeout(&self, timeout: Duration) {
        self.socket.set_user_timeout(timeout);
    }
}
