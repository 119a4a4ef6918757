//! Writing to connections.

use super::{Transport, calls::ConnectionId};
use crate::net::{
    error::Error,
    tcp::{connection::Connection, pool::Page},
};
use core::task::Waker;

impl Transport {
    /// Writes `bytes`. Returns how many were taken, or `None` if there is no room; `waker` is woken when
    /// there is.
    ///
    /// # Errors
    /// Returns why the connection was lost, or [`Error::BrokenPipe`] if this side has closed.
    pub fn write(
        &mut self,
        id: ConnectionId,
        bytes: &[u8],
        waker: &Waker,
    ) -> Result<Option<usize>, Error> {
        let written = self.try_write_vectored(id, &[bytes])?;
        if written.is_none()
            && let Some(connection) = self.get_mut(id)
        {
            connection.register_writer(waker);
        }
        Ok(written)
    }

    /// Writes several buffers, one after another, as [`write`](Self::write), but wakes nobody.
    ///
    /// # Errors
    /// Returns why the connection was lost, or [`Error::BrokenPipe`] if this side has closed.
    pub fn try_write_vectored(
        &mut self,
        id: ConnectionId,
        buffers: &[&[u8]],
    ) -> Result<Option<usize>, Error> {
        let Some(connection) = self.connections.get_mut(id.0) else {
            return Err(Error::BrokenPipe);
        };
        if !is_writable(connection)? {
            return Ok(None);
        }
        let mut count = 0;
        for bytes in buffers {
            let written = connection.sender.write(bytes, &mut self.pool);
            count += written;
            if written < bytes.len() {
                break;
            }
        }
        if count == 0 && buffers.iter().any(|bytes| !bytes.is_empty()) {
            return nothing_written(connection);
        }
        if !connection.is_dirty {
            connection.is_dirty = true;
            self.dirty.push_back(id.0);
        }
        Ok(Some(count))
    }

    /// Returns whether there is room to write, or the connection is no longer opening; else `waker` is
    /// woken then.
    ///
    /// # Errors
    /// Returns why the connection was lost.
    pub fn poll_writable(&mut self, id: ConnectionId, waker: &Waker) -> Result<bool, Error> {
        let Some(connection) = self.connections.get_mut(id.0) else {
            return Err(Error::BrokenPipe);
        };
        if let Some(error) = connection.error() {
            return Err(error);
        }
        let is_writable = connection.is_closed()
            || connection.sender.is_closed()
            || (!connection.is_opening() && connection.sender.room(&self.pool) > 0);
        if !is_writable {
            connection.register_writer(waker);
        }
        Ok(is_writable)
    }

    /// Returns whether all written data is acknowledged; else `waker` is woken when some is.
    #[cfg(test)]
    pub fn is_flushed(&mut self, id: ConnectionId, waker: &Waker) -> bool {
        let Some(connection) = self.get_mut(id) else {
            return true;
        };
        let is_flushed = connection.is_closed() || connection.sender.is_idle();
        if !is_flushed {
            connection.register_writer(waker);
        }
        is_flushed
    }

    /// Reserves memory for up to `count` bytes to write, at least one, and puts it into `page`; what is in `page`
    /// is returned first. Returns the bytes that are committed for it, or `None` if there is no room; `waker` is
    /// woken when there is.
    ///
    /// # Errors
    /// Returns the errors of [`write`](Self::write), and [`Error::OutOfMemory`] if memory is exhausted while
    /// another reservation holds the connection's own page.
    pub fn reserve(
        &mut self,
        id: ConnectionId,
        page: &mut Page,
        count: usize,
        waker: &Waker,
    ) -> Result<Option<usize>, Error> {
        self.take_back(id, core::mem::take(page));
        let Some(connection) = self.connections.get_mut(id.0) else {
            return Err(Error::BrokenPipe);
        };
        if is_writable(connection)?
            && let Some(reservation) = connection.sender.reserve(count, &mut self.pool)?
        {
            *page = reservation.page;
            return Ok(Some(reservation.committed));
        }
        connection.register_writer(waker);
        Ok(None)
    }

    /// Writes the bytes of a page that was reserved, and takes them from it. Returns whether all were written;
    /// else `waker` is woken when there is room for more. Their memory is no longer committed for a reservation.
    ///
    /// # Errors
    /// Returns the errors of [`write`](Self::write).
    pub fn commit(
        &mut self,
        id: ConnectionId,
        page: &mut Page,
        waker: &Waker,
    ) -> Result<bool, Error> {
        let Some(connection) = self.connections.get_mut(id.0) else {
            return Err(Error::BrokenPipe);
        };
        let length = page.len();
        if is_writable(connection)? {
            connection.sender.append(page, &mut self.pool);
        }
        let is_complete = page.is_empty();
        if !is_complete {
            if page.len() == length && !connection.is_opening() {
                nothing_written(connection)?;
            }
            connection.register_writer(waker);
        }
        if page.len() < length {
            self.mark_dirty(id.0);
        }
        Ok(is_complete)
    }

    /// Takes back a page that was reserved, without writing.
    pub fn take_back(&mut self, id: ConnectionId, page: Page) {
        match self.connections.get_mut(id.0) {
            Some(connection) => connection.sender.take_back(page, &mut self.pool),
            None => self.pool.take_back(page),
        }
    }

    /// Releases `bytes` that were committed for a reservation.
    pub fn release_reservation(&mut self, bytes: usize) {
        self.pool.release(bytes);
    }

    /// Closes our half: a FIN follows what was written.
    pub fn shutdown(&mut self, id: ConnectionId) {
        if let Some(connection) = self.get_mut(id)
            && !connection.is_closed()
        {
            connection.sender.close();
            self.mark_dirty(id.0);
        }
    }
}

/// Returns whether a connection can be written: not while it is opening.
///
/// # Errors
/// Returns why the connection was lost, or [`Error::BrokenPipe`] if this side has closed.
#[inline(always)]
fn is_writable(connection: &Connection) -> Result<bool, Error> {
    if let Some(error) = connection.error() {
        return Err(error);
    }
    if connection.is_closed() || connection.sender.is_closed() {
        return Err(Error::BrokenPipe);
    }
    Ok(!connection.is_opening())
}

/// Returns what a write returns that has written nothing: it waits for an acknowledgment.
///
/// # Errors
/// Returns [`Error::OutOfMemory`] if none will come: memory is exhausted, and a reservation holds the
/// connection's own page.
#[cold]
fn nothing_written(connection: &Connection) -> Result<Option<usize>, Error> {
    if connection.sender.data_is_acknowledged() {
        return Err(Error::OutOfMemory);
    }
    Ok(None)
}
