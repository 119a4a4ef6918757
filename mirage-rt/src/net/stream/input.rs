//! The buffer of `fill_buf`.

use super::{Error, platform};
use alloc::vec::Vec;
use core::task::{Context, Poll};

/// Bytes that `fill_buf` took from the socket and that were not consumed: the memory in which our stack has
/// received them, or a copy of the host's.
///
/// A connection that waits for data, and one that is only read by `read`, has no buffer here.
#[derive(Debug, Default)]
pub(super) struct Input {
    bytes: Vec<u8>,
    /// How many of `bytes` have been read.
    consumed: usize,
    /// The end of urgent data, if it is in `bytes`.
    urgent: Option<usize>,
}

impl Input {
    /// None after [`poll_fill`](Self::poll_fill) is the end of what the peer has sent.
    pub(super) fn unread(&self) -> &[u8] {
        &self.bytes[self.consumed..]
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.consumed = (self.consumed + count).min(self.bytes.len());
    }

    /// The distance to the end of urgent data.
    pub(super) fn urgent(&self, socket: &platform::TcpStream) -> Option<usize> {
        let behind = socket.urgent().map(|left| self.unread().len() + left);
        let here = self.urgent.and_then(|end| end.checked_sub(self.consumed));
        behind.or(here).filter(|left| *left > 0)
    }

    pub(super) fn try_read(
        &mut self,
        socket: &platform::TcpStream,
        buffer: &mut [u8],
    ) -> Result<usize, Error> {
        let unread = self.unread();
        if unread.is_empty() {
            return socket.try_read(buffer);
        }
        let count = unread.len().min(buffer.len());
        buffer[..count].copy_from_slice(&unread[..count]);
        self.consume(count);
        Ok(count)
    }

    pub(super) fn poll_read(
        &mut self,
        socket: &platform::TcpStream,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<usize, Error>> {
        match self.unread() {
            [] => socket.poll_read(context, buffer),
            _ => Poll::Ready(self.try_read(socket, buffer)),
        }
    }

    pub(super) fn poll_readable(
        &self,
        socket: &platform::TcpStream,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        match self.unread() {
            [] => socket.poll_read_ready(context),
            _ => Poll::Ready(()),
        }
    }

    /// Ready when there are unread bytes, or none will come.
    pub(super) fn poll_fill(
        &mut self,
        socket: &platform::TcpStream,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        if !self.unread().is_empty() {
            return Poll::Ready(Ok(()));
        }
        let urgent = socket.urgent();
        self.consumed = 0;
        match socket.poll_fill(context, &mut self.bytes) {
            Poll::Ready(Ok(start)) => {
                self.consumed = start;
                self.urgent = urgent
                    .map(|left| start + left)
                    .filter(|end| *end <= self.bytes.len());
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => {
                *self = Self::default();
                Poll::Ready(Err(error))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}
