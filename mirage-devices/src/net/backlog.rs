//! Connections that wait to be accepted.

use super::{limits::TcpLimits, segment::Flow};
use alloc::{collections::VecDeque, vec::Vec};
use core::task::Waker;
use smoltcp::iface::SocketHandle;

/// Connections of one port that `main` has not accepted yet; beyond that, SYNs are dropped.
pub(super) const MAX_WAITING: usize = 256;

/// The connections of a port that wait to be accepted, and the tasks that wait for one.
pub(super) struct Backlog {
    connections: VecDeque<(SocketHandle, Flow)>,
    waiting: Vec<Waker>,
    limits: TcpLimits,
}

impl Backlog {
    /// An empty one of a port whose connections may take `limits`.
    pub(super) fn new(limits: TcpLimits) -> Self {
        Self {
            connections: VecDeque::new(),
            waiting: Vec::new(),
            limits,
        }
    }

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
        self.wake();
    }

    /// Wakes the tasks that wait for a connection.
    pub(super) fn wake(&mut self) {
        for waker in self.waiting.drain(..) {
            waker.wake();
        }
    }

    /// The oldest connection; if there is none, `waker` is woken when there is.
    pub(super) fn pop(&mut self, waker: &Waker) -> Option<(SocketHandle, Flow)> {
        let oldest = self.connections.pop_front();
        if oldest.is_none() && !self.waiting.iter().any(|other| other.will_wake(waker)) {
            self.waiting.push(waker.clone());
        }
        oldest
    }
}
