//! Connections that this side opens.

use super::{
    error::Error,
    ip::{Address, Protocol},
    limits::TcpLimits,
    policy::{Direction, Policy, Request},
    stack::Stack,
    state::Shared,
    stream::TcpStream,
    tcp::State,
};
use alloc::rc::Rc;
use core::{
    future::poll_fn,
    net::SocketAddr,
    task::{Context, Poll},
};

impl Stack {
    /// Opens a connection, from a random port (RFC 6056). A future that is dropped gives it up.
    ///
    /// # Errors
    /// Returns [`Error::ConnectionRefused`] if the peer refuses, [`Error::TimedOut`] if it has not
    /// answered eight SYNs within three minutes, [`Error::HostUnreachable`] if there is no route to
    /// it, [`Error::PermissionDenied`] if the policy does not admit it, [`Error::OutOfMemory`] if memory
    /// is exhausted, [`Error::AddrInUse`] if local ports are exhausted, and [`Error::NetworkDown`] if the
    /// link is lost.
    pub async fn connect(&self, peer: SocketAddr) -> Result<TcpStream, Error> {
        let stream = self.begin_connect(peer, None)?;
        poll_fn(|context| stream.poll_opened(context)).await?;
        Ok(stream)
    }

    /// Begins to open a connection, from a random port or from `port`. It can be used once
    /// [`TcpStream::poll_opened`] is ready.
    ///
    /// # Errors
    /// Returns the errors of [`connect`](Self::connect), except those of the peer and of time, and
    /// [`Error::AddrInUse`] if there is such a connection from `port`.
    pub fn begin_connect(&self, peer: SocketAddr, port: Option<u16>) -> Result<TcpStream, Error> {
        request(&self.shared, peer, port)
    }
}

/// Begins to open a connection.
fn request(shared: &Rc<Shared>, peer: SocketAddr, port: Option<u16>) -> Result<TcpStream, Error> {
    let now = shared.now();
    let state = &mut *shared.state.borrow_mut();
    if state.link_lost {
        return Err(Error::NetworkDown);
    }
    let remote = Address::from(peer.ip());
    if remote.to_ip().is_multicast() || state.is_broadcast(remote) {
        return Err(Error::HostUnreachable);
    }
    let local = state.source_for(peer);
    let local = local.ok_or(Error::HostUnreachable)?;
    let request = Request {
        direction: Direction::Out,
        protocol: Protocol::Tcp,
        local,
        local_port: 0,
        remote,
        remote_port: peer.port(),
    };
    if !state.policy.admits(&request) {
        return Err(Error::PermissionDenied);
    }
    let config = TcpLimits::DEFAULT.on_interface(shared.congestion, shared.ecn.get());
    let id = match port {
        None => state.transport.connect(now, local, peer, &config)?,
        Some(port) => {
            let transport = &mut state.transport;
            transport.connect_from(now, local, port, peer, &config)?
        }
    };
    shared.work.raise();
    Ok(TcpStream::open(shared.clone(), state, id))
}

impl TcpStream {
    /// Ready once the peer has answered, or will not any more.
    ///
    /// # Errors
    /// Returns the errors of [`Stack::connect`].
    pub fn poll_opened(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        if let Err(error) = state.transport.poll_writable(self.id, context.waker()) {
            return Poll::Ready(Err(error));
        }
        match state.transport.state(self.id) {
            State::SynSent | State::SynReceived => Poll::Pending,
            _ => Poll::Ready(Ok(())),
        }
    }
}
