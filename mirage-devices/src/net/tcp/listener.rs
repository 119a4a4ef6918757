//! Listening ports.

use super::{congestion::Algorithm, ecn::EcnMode};
use crate::{net::wakers::Wakers, time::Instant};
use alloc::{collections::VecDeque, vec::Vec};
use core::{task::Waker, time::Duration};

/// Maximum number of connections that wait to be accepted.
pub const MAX_ACCEPT_QUEUE: usize = 256;

/// How long cookies are accepted after the SYN queue was full.
const COOKIES_TAKEN: Duration = Duration::from_secs(60);

/// The limits of the connections of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionConfig {
    /// The largest receive window, in bytes.
    pub receive: u32,
    /// Maximum number of bytes that wait to be acknowledged.
    pub transmit: u32,
    /// The algorithm of congestion control.
    pub congestion: Algorithm,
    /// Whether ECN is used.
    pub ecn: EcnMode,
}

impl Default for ConnectionConfig {
    /// Limits with which one connection fills 100 MB/s over a round trip of 40 ms.
    fn default() -> Self {
        Self {
            receive: 4 * 1024 * 1024,
            transmit: 4 * 1024 * 1024,
            congestion: Algorithm::CUBIC,
            ecn: EcnMode::Accept,
        }
    }
}

/// A listening port.
#[derive(Debug)]
pub struct Listener {
    /// The port.
    pub port: u16,
    /// The limits of its connections.
    pub config: ConnectionConfig,
    /// Maximum number of connections, including those that wait to be accepted; `None` for any number.
    pub max_connections: Option<u32>,
    /// The number of connections.
    pub connections: u32,
    /// The number of half-open connections.
    pub half_open: u16,
    /// Connections that wait to be accepted.
    pub accept_queue: VecDeque<u32>,
    /// When the SYN queue was last full.
    overflowed_at: Option<Instant>,
    wakers: Wakers,
}

impl Listener {
    pub fn new(port: u16, config: ConnectionConfig, max_connections: Option<u32>) -> Self {
        Self {
            port,
            config,
            max_connections,
            connections: 0,
            half_open: 0,
            accept_queue: VecDeque::new(),
            overflowed_at: None,
            wakers: Wakers::default(),
        }
    }

    /// Returns whether the port has the maximum number of connections.
    pub fn is_full(&self) -> bool {
        self.max_connections
            .is_some_and(|max| self.connections >= max)
    }

    /// Returns whether the accept queue is full.
    pub fn accept_queue_is_full(&self) -> bool {
        self.accept_queue.len() >= MAX_ACCEPT_QUEUE
    }

    /// Notes that the SYN queue is full.
    pub fn note_overflow(&mut self, now: Instant) {
        self.overflowed_at = Some(now);
    }

    /// Returns whether cookies were sent recently.
    pub fn takes_cookies(&self, now: Instant) -> bool {
        self.overflowed_at
            .is_some_and(|at| now - at < COOKIES_TAKEN)
    }

    /// Adds an established connection to the accept queue.
    pub fn push(&mut self, connection: u32) {
        self.accept_queue.push_back(connection);
        self.wakers.wake();
    }

    /// Wakes `waker` when a connection is established.
    pub fn register(&mut self, waker: &Waker) {
        self.wakers.register(waker);
    }
}

/// The listeners, in the order of their ports.
#[derive(Debug, Default)]
pub struct Listeners(Vec<Listener>);

impl Listeners {
    pub fn get(&self, port: u16) -> Option<&Listener> {
        let index = self
            .0
            .binary_search_by_key(&port, |listener| listener.port)
            .ok()?;
        self.0.get(index)
    }

    pub fn get_mut(&mut self, port: u16) -> Option<&mut Listener> {
        let index = self
            .0
            .binary_search_by_key(&port, |listener| listener.port)
            .ok()?;
        self.0.get_mut(index)
    }

    /// Adds a listener. Returns whether its port was free.
    #[must_use]
    pub fn insert(&mut self, listener: Listener) -> bool {
        match self
            .0
            .binary_search_by_key(&listener.port, |listener| listener.port)
        {
            Ok(_) => false,
            Err(index) => {
                self.0.insert(index, listener);
                true
            }
        }
    }

    pub fn remove(&mut self, port: u16) -> Option<Listener> {
        let index = self
            .0
            .binary_search_by_key(&port, |listener| listener.port)
            .ok()?;
        Some(self.0.remove(index))
    }

    /// Takes those connections out of the accept queues that `is_taken` selects.
    pub fn take_accept_queues(&mut self, is_taken: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut taken = Vec::new();
        for listener in &mut self.0 {
            listener.accept_queue.retain(|index| {
                let takes = is_taken(*index);
                taken.extend(takes.then_some(*index));
                !takes
            });
        }
        taken
    }

    /// Wakes all tasks that wait for a connection.
    pub fn wake_all(&mut self) {
        self.0
            .iter_mut()
            .for_each(|listener| listener.wakers.wake());
    }
}
