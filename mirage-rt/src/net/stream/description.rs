//! What a descriptor of a program with std needs of a connection.

use super::TcpStream;
use crate::net::Error;
use core::task::{Context, Poll, Waker};
use mirage_devices::net::Ready;

impl TcpStream {
    /// Returns what can be done now, and wakes `waker` as [`mirage_devices::net::TcpStream::watch`] does.
    pub(crate) fn watch(&self, waker: &Waker) -> Ready {
        let mut ready = self.socket.watch(waker);
        ready.readable |= !self.input.borrow().unread().is_empty();
        ready
    }

    /// Whether the connection is open: an error says why it could not be opened. Otherwise `waker` is woken.
    pub(crate) fn poll_opened(&self, waker: &Waker) -> Poll<Result<(), Error>> {
        self.socket.poll_opened(&mut Context::from_waker(waker))
    }

    /// Returns how many bytes can be read.
    pub(crate) fn unread(&self) -> usize {
        self.input.borrow().unread().len() + self.socket.unread()
    }

    /// Copies received data without taking it.
    ///
    /// # Errors
    /// Returns the errors of [`try_read`](Self::try_read).
    pub(crate) fn try_peek(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut input = self.input.borrow_mut();
        let mut context = Context::from_waker(Waker::noop());
        match input.poll_fill(&self.socket, &mut context) {
            Poll::Pending => Err(Error::WouldBlock),
            Poll::Ready(filled) => {
                filled?;
                let unread = input.unread();
                let count = unread.len().min(buffer.len());
                buffer[..count].copy_from_slice(&unread[..count]);
                Ok(count)
            }
        }
    }
}
