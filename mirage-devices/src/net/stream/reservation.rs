//! Writing a connection in place.

use super::TcpStream;
use crate::net::{error::Error, state::State};
use alloc::vec::Vec;
use core::task::{Context, Poll};

impl TcpStream {
    /// Replaces `bytes` by memory for up to `count` bytes that will be written, at least one unless `count` is
    /// 0. Its length is how many; the contents are unspecified. The task is woken when there is room.
    ///
    /// It is memory in which the data can be sent: [`poll_commit`](Self::poll_commit) writes it. Until then it
    /// counts against the memory for connections. What `bytes` has held is returned to the stack, so there
    /// is one reservation at a time.
    ///
    /// # Errors
    /// Returns the errors of [`try_write`](Self::try_write), except [`Error::WouldBlock`].
    pub fn poll_reserve(
        &self,
        context: &mut Context<'_>,
        bytes: &mut Vec<u8>,
        count: usize,
    ) -> Poll<Result<(), Error>> {
        if count == 0 {
            self.release_reservation(bytes);
            return Poll::Ready(Ok(()));
        }
        let state = &mut *self.shared.state.borrow_mut();
        self.release(state);
        self.check_writable()?;
        let reserved = state
            .transport
            .reserve(self.id, bytes, count, context.waker());
        match reserved {
            Ok(Some(committed)) => {
                // At most a page.
                self.reserved.set(committed as u16);
                Poll::Ready(Ok(()))
            }
            Ok(None) => Poll::Pending,
            Err(error) => Poll::Ready(Err(self.local_error(state).unwrap_or(error))),
        }
    }

    /// Writes `bytes`, which [`poll_reserve`](Self::poll_reserve) has returned, and takes from them what is
    /// written. Ready when they are empty: at once, unless the room was used by other writes in between; then
    /// the task is woken when there is room.
    ///
    /// # Errors
    /// Returns the errors of [`try_write`](Self::try_write), except [`Error::WouldBlock`].
    pub fn poll_commit(
        &self,
        context: &mut Context<'_>,
        bytes: &mut Vec<u8>,
    ) -> Poll<Result<(), Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        // What is queued is committed by the connection.
        self.release(state);
        self.check_writable()?;
        let committed = state.transport.commit(self.id, bytes, context.waker());
        let is_complete = committed.map_err(|error| self.local_error(state).unwrap_or(error))?;
        self.shared.work.raise();
        if is_complete {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }

    /// Returns memory that was reserved to the stack, without writing.
    pub fn release_reservation(&self, bytes: &mut Vec<u8>) {
        let state = &mut *self.shared.state.borrow_mut();
        self.release(state);
        state.transport.take_back(self.id, core::mem::take(bytes));
    }

    /// Releases what is committed for a reservation.
    pub(super) fn release(&self, state: &mut State) {
        let committed = self.reserved.replace(0);
        if committed > 0 {
            state.transport.release_reservation(committed.into());
        }
    }
}
