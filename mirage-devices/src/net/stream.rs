//! A TCP connection.

mod reservation;

use super::{
    error::Error,
    state::{Shared, State},
    tcp::{ConnectionId, KeepAlive},
};
use crate::time::Instant;
use alloc::{rc::Rc, vec::Vec};
use core::{
    cell::Cell,
    fmt,
    future::poll_fn,
    net::SocketAddr,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};
use embedded_io_async::{ErrorType, Read, Write};

/// A TCP connection.
///
/// One task may read while another writes, each through a shared reference. Dropping it ends the
/// connection in the background: what was written is delivered first, unless data that was received
/// has not been read; then the peer gets a reset (RFC 1122, section 4.2.2.13).
pub struct TcpStream {
    pub(super) shared: Rc<Shared>,
    pub(super) id: ConnectionId,
    shutdown: Cell<Shutdown>,
    /// What is committed for memory that was reserved, in bytes.
    reserved: Cell<u16>,
}

/// What this side has shut down.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shutdown {
    Nothing,
    Writing,
    Both,
}

/// Idle time after which a peer is probed, unless [`TcpStream::set_keepalive`] sets another.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// How many probes a peer may leave unanswered, and their interval.
const PROBES: u8 = 6;
const PROBE_INTERVAL: Duration = Duration::from_secs(15);
/// How much data [`TcpStream::poll_fill`] copies at once, in bytes.
const COPIED: usize = 2048;
/// The limits of Linux for `TCP_KEEPIDLE`.
const KEEP_ALIVE_LIMITS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(32767)];

impl TcpStream {
    /// Creates the stream of a connection of `state`, which is that of `shared`.
    pub(super) fn open(shared: Rc<Shared>, state: &mut State, id: ConnectionId) -> Self {
        keep_alive(state, id, Some(KEEP_ALIVE), shared.now());
        Self {
            shared,
            id,
            shutdown: Cell::new(Shutdown::Nothing),
            reserved: Cell::new(0),
        }
    }

    /// Returns the address and port of the peer.
    pub fn peer_addr(&self) -> SocketAddr {
        self.addresses().1
    }

    /// Returns the address and port of this side.
    pub fn local_addr(&self) -> SocketAddr {
        self.addresses().0
    }

    /// The local and the remote address. The connection has them for as long as it has a stream.
    fn addresses(&self) -> (SocketAddr, SocketAddr) {
        let unspecified = SocketAddr::from(([0; 4], 0));
        let state = self.shared.state.borrow();
        let addresses = state.transport.addresses(self.id);
        addresses.unwrap_or((unspecified, unspecified))
    }

    /// Shuts down the write direction: the peer reads to the end of what was written. Reading goes on.
    pub fn shutdown(&self) {
        if self.shutdown.get() == Shutdown::Nothing {
            self.shutdown.set(Shutdown::Writing);
        }
        self.shared.state.borrow_mut().transport.shutdown(self.id);
        self.shared.work.raise();
    }

    /// Resets the connection. What was not delivered is lost.
    pub fn abort(&self) {
        self.shutdown.set(Shutdown::Both);
        self.shared.state.borrow_mut().transport.abort(self.id);
        self.shared.work.raise();
    }

    /// Sets whether small segments are sent at once (`true`, the default), or wait until earlier ones
    /// are acknowledged (Nagle's algorithm, RFC 9293, section 3.7.4).
    ///
    /// # Errors
    /// None: the host's sockets have errors.
    pub fn set_nodelay(&self, nodelay: bool) -> Result<(), Error> {
        let state = &mut *self.shared.state.borrow_mut();
        state.transport.set_nagle(self.id, !nodelay);
        self.shared.work.raise();
        Ok(())
    }

    /// Sets how long the connection is idle before the peer is probed, or turns probes off.
    ///
    /// # Errors
    /// None: the host's sockets have errors.
    pub fn set_keepalive(&self, idle: Option<Duration>) -> Result<(), Error> {
        let now = self.shared.now();
        keep_alive(&mut self.shared.state.borrow_mut(), self.id, idle, now);
        // The deadline may be earlier than the one that is waited for.
        self.shared.work.raise();
        Ok(())
    }

    /// Sets the probes of a silent peer, or turns them off.
    pub fn set_probes(&self, probes: Option<KeepAlive>) {
        let state = &mut *self.shared.state.borrow_mut();
        let now = self.shared.now();
        state.transport.set_keep_alive(now, self.id, probes);
        self.shared.work.raise();
    }

    /// Sets how long data may stay unacknowledged before the connection fails (RFC 5482).
    pub fn set_user_timeout(&self, timeout: Duration) {
        let state = &mut *self.shared.state.borrow_mut();
        let now = self.shared.now();
        state
            .transport
            .set_user_timeout(now, self.id, Some(timeout));
        self.shared.work.raise();
    }

    /// Returns how many bytes there are to the end of urgent data, from the next byte to read on (RFC 9293,
    /// section 3.8.5). Some of them may not have been received yet. `None` if there is none, or it was read.
    pub fn urgent(&self) -> Option<usize> {
        let state = self.shared.state.borrow();
        state.transport.urgent(self.id).map(|bytes| bytes as usize)
    }

    /// Returns how many bytes can be read.
    pub fn unread(&self) -> usize {
        self.shared.state.borrow().transport.unread(self.id)
    }

    /// Why the connection ended, if this side or its link has ended it.
    fn local_error(&self, state: &State) -> Option<Error> {
        if self.shutdown.get() == Shutdown::Both {
            Some(Error::ConnectionAborted)
        } else if state.link_lost {
            Some(Error::NetworkDown)
        } else {
            None
        }
    }

    /// Reads what has been received. `Ok(0)` is the end of what the peer has sent.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if nothing has been received, and otherwise why the connection
    /// ended.
    pub fn try_read(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.read_with(&mut self.shared.state.borrow_mut(), buffer, None)
    }

    /// Copies what has been received, as [`try_read`](Self::try_read), without taking it.
    ///
    /// # Errors
    /// Returns the errors of `try_read`.
    pub fn try_peek(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        let state = &mut *self.shared.state.borrow_mut();
        if self.shutdown.get() == Shutdown::Both {
            return Err(Error::ConnectionAborted);
        }
        match state.transport.peek(self.id, buffer) {
            Ok(count) => count.ok_or(Error::WouldBlock),
            Err(error) => Err(self.local_error(state).unwrap_or(error)),
        }
    }

    /// Reads what has been received; if nothing has, the task is woken when there may be something.
    ///
    /// # Errors
    /// Returns the errors of [`try_read`](Self::try_read), except [`Error::WouldBlock`].
    pub fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<usize, Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        match self.read_with(state, buffer, Some(context.waker())) {
            Err(Error::WouldBlock) => Poll::Pending,
            result => Poll::Ready(result),
        }
    }

    /// Reads what has been received; if nothing has, `waker` is woken when there may be something.
    fn read_with(
        &self,
        state: &mut State,
        buffer: &mut [u8],
        waker: Option<&Waker>,
    ) -> Result<usize, Error> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.shutdown.get() == Shutdown::Both {
            return Err(Error::ConnectionAborted);
        }
        let read = match waker {
            Some(waker) => state.transport.read(state.now, self.id, buffer, waker),
            None => state.transport.try_read(state.now, self.id, buffer),
        };
        match read {
            Ok(Some(count)) => {
                // The window may have to be announced, which the peer may be waiting for.
                if state.transport.has_work() {
                    self.shared.work.raise();
                }
                Ok(count)
            }
            Ok(None) => Err(Error::WouldBlock),
            Err(error) => Err(self.local_error(state).unwrap_or(error)),
        }
    }

    /// Replaces `bytes` by received data. Returns how many bytes of `bytes` are in front of that data; if none is
    /// behind them, the peer's data has ended. The task is woken when there is something.
    ///
    /// It is the memory in which the data was received, so that nothing is copied, unless data behind a gap
    /// is in it, too. The next call reuses it.
    ///
    /// # Errors
    /// Returns the errors of [`try_read`](Self::try_read), except [`Error::WouldBlock`], and
    /// [`Error::OutOfMemory`] if the data cannot be copied.
    pub fn poll_fill(
        &self,
        context: &mut Context<'_>,
        bytes: &mut Vec<u8>,
    ) -> Poll<Result<usize, Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        let is_aborted = self.shutdown.get() == Shutdown::Both;
        if !is_aborted && let Some(start) = state.transport.swap_page(state.now, self.id, bytes) {
            if state.transport.has_work() {
                self.shared.work.raise();
            }
            return Poll::Ready(Ok(start));
        }
        *bytes = Vec::new();
        if !is_aborted && !state.transport.poll_readable(self.id, context.waker()) {
            return Poll::Pending;
        }
        if bytes.try_reserve_exact(COPIED).is_err() {
            return Poll::Ready(Err(Error::OutOfMemory));
        }
        bytes.resize(COPIED, 0);
        let read = self.read_with(state, bytes, None);
        bytes.truncate(read.unwrap_or(0));
        Poll::Ready(read.map(|_| 0))
    }

    /// Queues as much of `data` as the transmit buffer has room for.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if the transmit buffer is full, [`Error::BrokenPipe`] after
    /// [`shutdown`](Self::shutdown), and otherwise why the connection ended.
    pub fn try_write(&self, data: &[u8]) -> Result<usize, Error> {
        self.try_write_vectored(&[data])
    }

    /// Queues as much of several buffers, one after another, as the transmit buffer has room for.
    ///
    /// # Errors
    /// Returns the errors of [`try_write`](Self::try_write).
    pub fn try_write_vectored(&self, buffers: &[&[u8]]) -> Result<usize, Error> {
        if buffers.iter().all(|buffer| buffer.is_empty()) {
            return Ok(0);
        }
        self.check_writable()?;
        let state = &mut *self.shared.state.borrow_mut();
        match state.transport.try_write_vectored(self.id, buffers) {
            Ok(Some(count)) => {
                self.shared.work.raise();
                Ok(count)
            }
            Ok(None) => Err(Error::WouldBlock),
            Err(error) => Err(self.local_error(state).unwrap_or(error)),
        }
    }

    /// Returns an error if this side has shut down the write direction.
    fn check_writable(&self) -> Result<(), Error> {
        match self.shutdown.get() {
            Shutdown::Nothing => Ok(()),
            Shutdown::Writing => Err(Error::BrokenPipe),
            Shutdown::Both => Err(Error::ConnectionAborted),
        }
    }

    /// Ready when [`try_read`](Self::try_read) would not block; otherwise the task is woken then.
    pub fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        let state = &mut *self.shared.state.borrow_mut();
        let ready = self.shutdown.get() == Shutdown::Both
            || state.transport.poll_readable(self.id, context.waker());
        if ready {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Ready when [`try_write`](Self::try_write) would not block; otherwise the task is woken then.
    pub fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        let state = &mut *self.shared.state.borrow_mut();
        let ready = self.shutdown.get() != Shutdown::Nothing
            || state.transport.poll_writable(self.id, context.waker()) != Ok(false);
        if ready {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

/// Sets the idle time after which the peer is probed; `None` for never.
fn keep_alive(state: &mut State, id: ConnectionId, idle: Option<Duration>, now: Instant) {
    let [min, max] = KEEP_ALIVE_LIMITS;
    let idle = idle.map(|idle| idle.clamp(min, max));
    let probes = idle.map(|idle| KeepAlive {
        idle,
        interval: PROBE_INTERVAL,
        probes: PROBES,
    });
    state.transport.set_keep_alive(now, id, probes);
    // Without probes this is the limit of unacknowledged data.
    let timeout = idle.unwrap_or(KEEP_ALIVE) + PROBE_INTERVAL * u32::from(PROBES);
    state.transport.set_user_timeout(now, id, Some(timeout));
}

impl Drop for TcpStream {
    fn drop(&mut self) {
        let now = self.shared.now();
        let state = &mut *self.shared.state.borrow_mut();
        self.release(state);
        state.transport.release(self.id, now);
        self.shared.work.raise();
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (local, peer) = self.addresses();
        f.debug_struct("TcpStream")
            .field("local", &local)
            .field("peer", &peer)
            .finish_non_exhaustive()
    }
}

impl ErrorType for TcpStream {
    type Error = Error;
}

impl ErrorType for &TcpStream {
    type Error = Error;
}

/// `Ok(0)` is the end of what the peer has sent.
impl Read for TcpStream {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        (&*self).read(buffer).await
    }
}

/// `Ok(0)` is the end of what the peer has sent.
impl Read for &TcpStream {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        poll_fn(|context| self.poll_read(context, buffer)).await
    }
}

/// What is written is sent as soon as the window allows; [`Write::flush`] has nothing to do.
impl Write for TcpStream {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        (&*self).write(data).await
    }

    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// What is written is sent as soon as the window allows; [`Write::flush`] has nothing to do.
impl Write for &TcpStream {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        poll_fn(|context| {
            loop {
                match self.try_write(data) {
                    Err(Error::WouldBlock) => ready!(self.poll_write_ready(context)),
                    result => return Poll::Ready(result),
                }
            }
        })
        .await
    }

    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
