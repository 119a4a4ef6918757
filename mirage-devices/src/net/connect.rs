//! Connections that this side opens.

use super::{
    connections, ephemeral, error::Error, segment::Flow, stack::Stack, state::Shared,
    stream::TcpStream,
};
use alloc::rc::Rc;
use core::{
    future::poll_fn,
    net::{SocketAddr, SocketAddrV4},
    task::{Context, Poll},
};
use smoltcp::socket::tcp::State;

impl Stack {
    /// Opens a connection, from a random port (RFC 6056). A future that is dropped gives it up.
    ///
    /// # Errors
    /// Returns [`Error::ConnectionRefused`] if the peer refuses, [`Error::TimedOut`] if it has not
    /// answered eight SYNs within three minutes, [`Error::HostUnreachable`] if there is no route to
    /// it, [`Error::OutOfMemory`] and [`Error::AddrInUse`] if memory or local ports are exhausted, and
    /// [`Error::NetworkDown`] if the link is lost.
    pub async fn connect(&self, peer: SocketAddr) -> Result<TcpStream, Error> {
        let SocketAddr::V4(peer) = peer else {
            return Err(Error::HostUnreachable);
        };
        let stream = request(&self.shared, peer)?;
        poll_fn(|context| stream.poll_opened(context)).await?;
        Ok(stream)
    }
}

/// Begins to open a connection.
fn request(shared: &Rc<Shared>, peer: SocketAddrV4) -> Result<TcpStream, Error> {
    if !shared.reaches_host(peer) {
        return Err(Error::HostUnreachable);
    }
    let state = &mut *shared.state.borrow_mut();
    if state.link_lost {
        return Err(Error::NetworkDown);
    }
    let flow_from = |port| Flow {
        remote: peer,
        local: SocketAddrV4::new(shared.address(), port),
    };
    let port = ephemeral::choose(shared.random.clone(), |port| {
        !state.listeners.contains_key(&port) && !state.connections.has(flow_from(port))
    });
    let flow = flow_from(port.ok_or(Error::AddrInUse)?);
    let waiting = state.waiting();
    let socket = state.connections.connect(
        &shared.counters,
        &mut state.interface,
        &mut state.sockets,
        flow,
        waiting,
    );
    shared.work.raise();
    Ok(TcpStream::new(
        shared.clone(),
        socket.ok_or(Error::OutOfMemory)?,
        flow,
    ))
}

impl TcpStream {
    /// Ready once the peer has answered, or will not any more.
    fn poll_opened(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let state = self.with(|socket| {
            match socket.state() {
                State::SynSent | State::SynReceived => {
                    socket.register_send_waker(context.waker());
                }
                State::Closed => {}
                _ => connections::keep_alive(socket, Some(connections::KEEP_ALIVE)),
            }
            socket.state()
        });
        match state {
            State::SynSent | State::SynReceived => Poll::Pending,
            State::Closed => Poll::Ready(Err(match self.cause() {
                Error::ConnectionReset => Error::ConnectionRefused,
                other => other,
            })),
            _ => Poll::Ready(Ok(())),
        }
    }
}
