//! A TCP port that is listened on.

use super::{limits::TcpLimits, segment::Flow, stack::Shared, stream::TcpStream};
use crate::device::StartError;
use alloc::{collections::VecDeque, rc::Rc, vec::Vec};
use core::{
    fmt,
    future::poll_fn,
    task::{Poll, Waker},
};
use smoltcp::iface::SocketHandle;

/// Connections of one port that `main` has not accepted yet; beyond that, SYNs are dropped.
pub(super) const MOST_WAITING: usize = 256;

/// The connections of a port that wait to be accepted, and the tasks that wait for one.
#[derive(Default)]
pub(super) struct Backlog {
    connections: VecDeque<(SocketHandle, Flow)>,
    waiting: Vec<Waker>,
    limits: TcpLimits,
}

impl Backlog {
    /// What the connections of the port may take.
    pub(super) fn limits(&self) -> TcpLimits {
        self.limits
    }

    pub(super) fn len(&self) -> usize {
        self.connections.len()
    }

    /// Makes room for `count` connections; false if memory is exhausted.
    pub(super) fn reserve(&mut self, count: usize) -> bool {
        self.connections.try_reserve(count).is_ok()
    }

    pub(super) fn drain(&mut self) -> impl Iterator<Item = (SocketHandle, Flow)> {
        self.connections.drain(..)
    }

    pub(super) fn push(&mut self, socket: SocketHandle, flow: Flow) {
        self.connections.push_back((socket, flow));
        for waker in self.waiting.drain(..) {
            waker.wake();
        }
    }
}

/// A TCP port that is listened on.
///
/// It takes any number of connections, one after another and at once, unless it was given a limit.
/// Up to 256 may wait to be accepted.
pub struct TcpListener {
    shared: Rc<Shared>,
    port: u16,
}

impl TcpListener {
    pub(super) fn new(
        shared: Rc<Shared>,
        port: u16,
        limits: TcpLimits,
    ) -> Result<Self, StartError> {
        if port == 0 {
            return Err(StartError::new("0 is not a TCP port"));
        }
        let state = &mut *shared.state.borrow_mut();
        if state.listeners.contains_key(&port) {
            return Err(StartError::new(alloc::format!(
                "TCP port {port} is listened on already"
            )));
        }
        let backlog = Backlog {
            limits,
            ..Backlog::default()
        };
        state.listeners.insert(port, backlog);
        if limits.connections.is_some() {
            state.connections.count_those_of(port);
        }
        Ok(Self {
            shared: shared.clone(),
            port,
        })
    }

    /// The next connection. Waits for one, and never fails: without a link it waits for ever.
    pub async fn accept(&self) -> TcpStream {
        poll_fn(|context| {
            let state = &mut *self.shared.state.borrow_mut();
            let Some(backlog) = state.listeners.get_mut(&self.port) else {
                return Poll::Pending;
            };
            match backlog.connections.pop_front() {
                Some((socket, flow)) => {
                    Poll::Ready(TcpStream::new(self.shared.clone(), socket, flow))
                }
                None => {
                    if !backlog
                        .waiting
                        .iter()
                        .any(|waker| waker.will_wake(context.waker()))
                    {
                        backlog.waiting.push(context.waker().clone());
                    }
                    Poll::Pending
                }
            }
        })
        .await
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
        if let Some(backlog) = state.listeners.remove(&self.port) {
            for (socket, flow) in backlog.connections {
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
