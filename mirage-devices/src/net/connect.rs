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
    /// The peer refuses; it has not answered for three minutes, in which it was asked eight times;
    /// there is no way to it; memory or ports are used up; or the link is gone.
    pub async fn connect(&self, peer: SocketAddr) -> Result<TcpStream, Error> {
        let SocketAddr::V4(peer) = peer else {
            return Err(Error::Unreachable);
        };
        let stream = request(&self.shared, peer)?;
        poll_fn(|context| stream.poll_opened(context)).await?;
        Ok(stream)
    }
}

/// Begins to open a connection.
fn request(shared: &Rc<Shared>, peer: SocketAddrV4) -> Result<TcpStream, Error> {
    if !shared.reaches_host(peer) {
        return Err(Error::Unreachable);
    }
    let state = &mut *shared.state.borrow_mut();
    if state.link_lost {
        return Err(Error::LinkLost);
    }
    let flow_from = |port| Flow {
        remote: peer,
        local: SocketAddrV4::new(shared.address(), port),
    };
    let port = ephemeral::choose(shared.random.clone(), |port| {
        !state.listeners.contains_key(&port) && !state.connections.has(flow_from(port))
    });
    let flow = flow_from(port.ok_or(Error::Exhausted)?);
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
        socket.ok_or(Error::Exhausted)?,
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
                _ => connections::keep_alive(socket),
            }
            socket.state()
        });
        match state {
            State::SynSent | State::SynReceived => Poll::Pending,
            State::Closed => Poll::Ready(Err(match self.cause() {
                Error::Reset => Error::Refused,
                other => other,
            })),
            _ => Poll::Ready(Ok(())),
        }
    }
}
