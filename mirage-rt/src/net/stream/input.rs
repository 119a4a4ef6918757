//! The buffer of `fill_buf`.

use super::{Error, socket::Socket};
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

    pub(super) fn consume(&mut self, socket: &Socket, count: usize) {
        self.consumed = self.consumed.saturating_add(count).min(self.bytes.len());
        socket.note_unread(self.unread());
    }

    /// The distance to the end of urgent data.
    pub(super) fn urgent(&self, socket: &Socket) -> Option<usize> {
        let behind = socket.urgent().map(|left| self.unread().len() + left);
        let here = self.urgent.and_then(|end| end.checked_sub(self.consumed));
        behind.or(here).filter(|left| *left > 0)
    }

    pub(super) fn try_read(&mut self, socket: &Socket, buffer: &mut [u8]) -> Result<usize, Error> {
        let unread = self.unread();
        if unread.is_empty() {
            return socket.try_read(buffer);
        }
        let count = unread.len().min(buffer.len());
        buffer[..count].copy_from_slice(&unread[..count]);
        self.consume(socket, count);
        Ok(count)
    }

    pub(super) fn poll_read(
        &mut self,
        socket: &Socket,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<usize, Error>> {
        match self.unread() {
            [] => socket.poll_read(context, buffer),
            _ => Poll::Ready(self.try_read(socket, buffer)),
        }
    }

    pub(super) fn poll_readable(&self, socket: &Socket, context: &mut Context<'_>) -> Poll<()> {
        match self.unread() {
            [] => socket.poll_read_ready(context),
            _ => Poll::Ready(()),
        }
    }

    /// Ready when there are unread bytes, or none will come.
    pub(super) fn poll_fill(
        &mut self,
        socket: &Socket,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        if !self.unread().is_empty() {
            return Poll::Ready(Ok(()));
        }
        let urgent = socket.urgent();
        (self.consumed, self.urgent) = (0, None);
        match socket.poll_fill(context, &mut self.bytes) {
            Poll::Ready(Ok(start)) => {
                self.consumed = start;
                self.urgent = urgent
                    .map(|left| start + left)
                    .filter(|end| *end <= self.bytes.len());
                socket.note_unread(self.unread());
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

#[cfg(all(test, not(mirage_target)))]
mod tests {
    use super::{super::tests::connected, *};
    use core::task::Waker;

    /// What was urgent is read, and nothing follows it yet.
    #[test]
    fn the_mark_of_urgent_data_goes_with_it() {
        crate::test::run(async |world| {
            let (near, _far) = connected(&world).await;
            let mut input = Input {
                bytes: alloc::vec![7; 4],
                consumed: 4,
                urgent: Some(3),
            };
            let mut context = Context::from_waker(Waker::noop());
            assert!(input.poll_fill(&near.socket, &mut context).is_pending());
            assert_eq!(input.urgent(&near.socket), None);
        });
    }
}
