//! A TCP port that is listened on.

use super::{
    backlog::Backlog,
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
    shared: Rc<Shared>,
    port: u16,
}

impl TcpListener {
    pub(super) fn new(shared: Rc<Shared>, port: u16, limits: TcpLimits) -> Result<Self, BindError> {
        if port == 0 {
            return Err(BindError::InvalidPort);
        }
        let state = &mut *shared.state.borrow_mut();
        if state.listeners.contains_key(&port) {
            return Err(BindError::AddrInUse);
        }
        state.listeners.insert(port, Backlog::new(limits));
        if limits.connections.is_some() {
            state.connections.count_those_of(port);
        }
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
        let backlog = state.listeners.get_mut(&self.port);
        let Some(backlog) = backlog.filter(|_| !state.link_lost) else {
            return Poll::Ready(Err(Error::NetworkDown));
        };
        match backlog.pop(context.waker()) {
            Some((socket, flow)) => {
                let stream = TcpStream::new(self.shared.clone(), socket, flow);
                Poll::Ready(Ok(stream))
            }
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
    /// Closes the port. Connections that were not accepted end.
    fn drop(&mut self) {
        let state = &mut *self.shared.state.borrow_mut();
        if let Some(mut backlog) = state.listeners.remove(&self.port) {
            for (socket, flow) in backlog.drain() {
                state.connections.leave(&mut state.sockets, flow, socket);
            }
        }
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
