//! A TCP connection.

use super::{connections, error::Error, segment::Flow, state::Shared};
use alloc::rc::Rc;
use core::{
    cell::Cell,
    fmt,
    future::poll_fn,
    net::SocketAddr,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};
use embedded_io_async::{ErrorType, Read, Write};
use smoltcp::{
    iface::SocketHandle,
    socket::tcp::{self, RecvError, SendError},
};

/// A TCP connection.
///
/// One task may read while another writes, each through a shared reference. Dropping it ends the
/// connection in the background: what was written is delivered first, unless data that was received
/// has not been read; then the peer gets a reset (RFC 1122, section 4.2.2.13).
pub struct TcpStream {
    shared: Rc<Shared>,
    socket: SocketHandle,
    flow: Flow,
    shutdown: Cell<Shutdown>,
}

/// What this side has shut down.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shutdown {
    Nothing,
    Writing,
    Both,
}

impl TcpStream {
    pub(super) fn new(shared: Rc<Shared>, socket: SocketHandle, flow: Flow) -> Self {
        Self {
            shared,
            socket,
            flow,
            shutdown: Cell::new(Shutdown::Nothing),
        }
    }

    /// Returns the address and port of the peer.
    pub fn peer_addr(&self) -> SocketAddr {
        SocketAddr::V4(self.flow.remote)
    }

    /// Returns the address and port of this side.
    pub fn local_addr(&self) -> SocketAddr {
        SocketAddr::V4(self.flow.local)
    }

    /// Shuts down the write direction: the peer reads to the end of what was written. Reading goes on.
    pub fn shutdown(&self) {
        if self.shutdown.get() == Shutdown::Nothing {
            self.shutdown.set(Shutdown::Writing);
        }
        self.with(|socket| socket.close());
        self.shared.work.raise();
    }

    /// Resets the connection. What was not delivered is lost.
    pub fn abort(&self) {
        self.shutdown.set(Shutdown::Both);
        self.with(|socket| socket.abort());
        self.shared.work.raise();
    }

    /// Sets whether small segments are sent at once (`true`, the default), or wait until earlier ones
    /// are acknowledged (Nagle's algorithm, RFC 9293, section 3.7.4).
    ///
    /// # Errors
    /// None: the host's sockets have errors.
    pub fn set_nodelay(&self, nodelay: bool) -> Result<(), Error> {
        self.with(|socket| socket.set_nagle_enabled(!nodelay));
        Ok(())
    }

    /// Sets how long the connection is idle before the peer is probed, or turns probes off.
    ///
    /// # Errors
    /// None: the host's sockets have errors.
    pub fn set_keepalive(&self, idle: Option<Duration>) -> Result<(), Error> {
        self.with(|socket| connections::keep_alive(socket, idle));
        Ok(())
    }

    pub(super) fn with<R>(&self, act: impl FnOnce(&mut tcp::Socket<'static>) -> R) -> R {
        act(self.shared.state.borrow_mut().sockets.get_mut(self.socket))
    }

    /// Why the connection ended, if it was not closed by both sides.
    pub(super) fn cause(&self) -> Error {
        let state = self.shared.state.borrow();
        if self.shutdown.get() == Shutdown::Both {
            Error::ConnectionAborted
        } else if state.link_lost {
            Error::NetworkDown
        } else {
            state.connections.cause(self.flow, self.socket)
        }
    }

    /// Reads what has been received. `Ok(0)` is the end of what the peer has sent.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if nothing has been received, and otherwise why the connection
    /// ended.
    pub fn try_read(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.receive(buffer, None)
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
        match self.receive(buffer, Some(context.waker())) {
            Err(Error::WouldBlock) => Poll::Pending,
            result => Poll::Ready(result),
        }
    }

    /// Reads what has been received. If nothing has, `waker` is woken when there may be something.
    fn receive(&self, buffer: &mut [u8], waker: Option<&Waker>) -> Result<usize, Error> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let received = self.with(|socket| {
            let received = socket.recv_slice(buffer);
            if let (Ok(0), Some(waker)) = (received, waker) {
                socket.register_recv_waker(waker);
            }
            received
        });
        match received {
            Ok(0) => Err(Error::WouldBlock),
            Ok(count) => {
                // The window has grown, which the peer may be waiting for.
                self.shared.work.raise();
                Ok(count)
            }
            Err(RecvError::Finished) => Ok(0),
            Err(RecvError::InvalidState) => Err(self.cause()),
        }
    }

    /// Queues as much of `data` as the transmit buffer has room for.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if the transmit buffer is full, [`Error::BrokenPipe`] after
    /// [`shutdown`](Self::shutdown), and otherwise why the connection ended.
    pub fn try_write(&self, data: &[u8]) -> Result<usize, Error> {
        if data.is_empty() {
            return Ok(0);
        }
        if self.shutdown.get() == Shutdown::Writing {
            return Err(Error::BrokenPipe);
        }
        match self.with(|socket| socket.send_slice(data)) {
            Ok(0) => Err(Error::WouldBlock),
            Ok(count) => {
                self.shared.work.raise();
                Ok(count)
            }
            Err(SendError::InvalidState) => Err(self.cause()),
        }
    }

    /// Ready when [`try_read`](Self::try_read) would not block; otherwise the task is woken then.
    pub fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        self.with(|socket| {
            if socket.can_recv() || !socket.may_recv() {
                return Poll::Ready(());
            }
            socket.register_recv_waker(context.waker());
            Poll::Pending
        })
    }

    /// Ready when [`try_write`](Self::try_write) would not block; otherwise the task is woken then.
    pub fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        self.with(|socket| {
            if socket.can_send() || !socket.may_send() {
                return Poll::Ready(());
            }
            socket.register_send_waker(context.waker());
            Poll::Pending
        })
    }
}

impl Drop for TcpStream {
    fn drop(&mut self) {
        let state = &mut *self.shared.state.borrow_mut();
        if state.link_lost {
            state.sockets.remove(self.socket);
            return;
        }
        state
            .connections
            .leave(&mut state.sockets, self.flow, self.socket);
        self.shared.work.raise();
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpStream")
            .field("local", &self.flow.local)
            .field("peer", &self.flow.remote)
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
