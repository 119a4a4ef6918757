//! A TCP connection.

use super::{error::Error, segment::Flow, state::Shared};
use alloc::rc::Rc;
use core::{fmt, future::poll_fn, net::SocketAddr, task::Poll};
use embedded_io_async::{ErrorType, Read, Write};
use smoltcp::{
    iface::SocketHandle,
    socket::tcp::{self, RecvError, SendError},
};

/// A TCP connection.
///
/// One task may read while another writes, each through a shared reference. Dropping it ends the
/// connection in the background: what was written is delivered first, unless the peer has sent
/// something that was not read; then the peer gets a reset.
pub struct TcpStream {
    shared: Rc<Shared>,
    socket: SocketHandle,
    flow: Flow,
    /// This side has ended its direction.
    closed: bool,
}

impl TcpStream {
    pub(super) fn new(shared: Rc<Shared>, socket: SocketHandle, flow: Flow) -> Self {
        Self {
            shared,
            socket,
            flow,
            closed: false,
        }
    }

    /// The other side.
    pub fn peer(&self) -> SocketAddr {
        SocketAddr::V4(self.flow.remote)
    }

    /// This side.
    pub fn local(&self) -> SocketAddr {
        SocketAddr::V4(self.flow.local)
    }

    /// Ends this side's direction: the peer reads to the end of what was written. Reading goes on.
    pub async fn close(&mut self) {
        self.closed = true;
        self.with(|socket| socket.close());
        self.shared.work.raise();
    }

    /// Ends the connection at once; what was not delivered is lost.
    pub fn abort(self) {
        self.with(|socket| socket.abort());
        self.shared.work.raise();
    }

    pub(super) fn with<R>(&self, act: impl FnOnce(&mut tcp::Socket<'static>) -> R) -> R {
        act(self.shared.state.borrow_mut().sockets.get_mut(self.socket))
    }

    /// Why the connection ended, where it did not end in order.
    pub(super) fn cause(&self) -> Error {
        let state = self.shared.state.borrow();
        if state.link_lost {
            Error::NetworkDown
        } else {
            state.connections.cause(self.flow, self.socket)
        }
    }

    async fn receive(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        if buffer.is_empty() {
            return Ok(0);
        }
        poll_fn(|context| {
            let received = self.with(|socket| {
                let received = socket.recv_slice(buffer);
                if received == Ok(0) {
                    socket.register_recv_waker(context.waker());
                }
                received
            });
            match received {
                Ok(0) => Poll::Pending,
                Ok(count) => {
                    // The window has grown, which the peer may be waiting for.
                    self.shared.work.raise();
                    Poll::Ready(Ok(count))
                }
                Err(RecvError::Finished) => Poll::Ready(Ok(0)),
                Err(RecvError::InvalidState) => Poll::Ready(Err(self.cause())),
            }
        })
        .await
    }

    async fn send(&self, data: &[u8]) -> Result<usize, Error> {
        if data.is_empty() {
            return Ok(0);
        }
        if self.closed {
            return Err(Error::BrokenPipe);
        }
        poll_fn(|context| {
            let sent = self.with(|socket| {
                let sent = socket.send_slice(data);
                if sent == Ok(0) {
                    socket.register_send_waker(context.waker());
                }
                sent
            });
            match sent {
                Ok(0) => Poll::Pending,
                Ok(count) => {
                    self.shared.work.raise();
                    Poll::Ready(Ok(count))
                }
                Err(SendError::InvalidState) => Poll::Ready(Err(self.cause())),
            }
        })
        .await
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
impl Read for &TcpStream {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.receive(buffer).await
    }
}

/// What is written is sent as soon as the window allows; [`Write::flush`] has nothing to do.
impl Write for &TcpStream {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        self.send(data).await
    }

    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// `Ok(0)` is the end of what the peer has sent.
impl Read for TcpStream {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.receive(buffer).await
    }
}

/// What is written is sent as soon as the window allows; [`Write::flush`] has nothing to do.
impl Write for TcpStream {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        self.send(data).await
    }

    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
