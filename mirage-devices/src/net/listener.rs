//! A TCP port that is listened on.

use super::{
    error::{BindError, Error},
    limits::TcpLimits,
    state::Shared,
    stream::TcpStream,
};
use alloc::rc::Rc;
use core::{
    fmt,
    future::poll_fn,
    net::SocketAddr,
    task::{Context, Poll},
};

/// A TCP port that is listened on.
///
/// It takes any number of connections, one after another and at once, unless it was given a limit.
/// Up to 256 may wait to be accepted.
pub struct TcpListener {
    pub(super) shared: Rc<Shared>,
    pub(super) port: u16,
}

impl TcpListener {
    pub(super) fn new(shared: Rc<Shared>, port: u16, limits: TcpLimits) -> Result<Self, BindError> {
        let state = &mut *shared.state.borrow_mut();
        let most = limits.connections.map(u32::from);
        let config = limits.on_interface(shared.congestion, shared.ecn.get());
        state.transport.listen(port, config, most)?;
        Ok(Self {
            shared: shared.clone(),
            port,
        })
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link is lost.
    pub async fn accept(&self) -> Result<TcpStream, Error> {
        poll_fn(|context| self.poll_accept(context)).await
    }

    /// Takes the next connection if there is one; otherwise the task is woken when there may be.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link is lost.
    pub fn poll_accept(&self, context: &mut Context<'_>) -> Poll<Result<TcpStream, Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        if state.link_lost {
            return Poll::Ready(Err(Error::NetworkDown));
        }
        match state.transport.accept(self.port, context.waker()) {
            Some(id) => Poll::Ready(Ok(TcpStream::open(self.shared.clone(), state, id))),
            None => Poll::Pending,
        }
    }

    /// Returns the address and port that are listened on: 0.0.0.0 while the interface has no address.
    pub fn local_addr(&self) -> SocketAddr {
        (self.shared.address(), self.port).into()
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for TcpListener {
    /// Closes the port. Connections that were not accepted are reset.
    fn drop(&mut self) {
        let now = self.shared.now();
        let state = &mut *self.shared.state.borrow_mut();
        state.transport.stop_listening(self.port, now);
        self.shared.work.raise();
    }
}

impl fmt::Debug for TcpListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpListener")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
