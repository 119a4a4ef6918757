//! Which requests for a connection are let in.
//!
//! A socket is made when its SYN arrives, so a listener has no pool that somebody must size. What
//! is bounded is the number of half-open connections, of those that `main` has not accepted, and of
//! all of a port that has a limit: beyond that a SYN is dropped, and the client sends it again.

use super::{
    connection::MOST_HALF_OPEN,
    listener::{Backlog, MOST_WAITING},
    segment::Flow,
    stack::{Shared, State},
};
use crate::time::Instant;
use core::time::Duration;
use smoltcp::iface::SocketHandle;

/// What becomes of a SYN.
pub(super) enum Admitted {
    /// It is dropped.
    No,
    /// The stack gets it: for a connection that exists, or to refuse it.
    AsItIs,
    /// The stack gets it, and this new socket is there to take it.
    New(SocketHandle),
}

/// Refusals of SYNs to closed ports in the current second.
#[derive(Debug)]
pub(super) struct Refusals {
    second: Instant,
    given: u32,
}

/// Refusals (RST) that are sent in one second at most, so that a scan or a flood of forged SYNs does
/// not make this host send as much.
const MOST_REFUSALS: u32 = 100;

impl Default for Refusals {
    fn default() -> Self {
        Self {
            second: Instant::BOOT,
            given: 0,
        }
    }
}

impl Refusals {
    fn allow(&mut self, now: Instant) -> bool {
        if now - self.second >= Duration::from_secs(1) {
            *self = Self {
                second: now,
                given: 0,
            };
        }
        self.given += 1;
        self.given <= MOST_REFUSALS
    }
}

impl State {
    /// Connections that wait to be accepted.
    pub(super) fn waiting(&self) -> usize {
        self.listeners.values().map(Backlog::len).sum()
    }

    /// Decides on a SYN, and makes the socket for it.
    pub(super) fn admit(&mut self, shared: &Shared, flow: Flow, now: Instant) -> Admitted {
        if *flow.local.ip() != shared.address() {
            return Admitted::AsItIs;
        }
        if !self.connections.gives_way(&mut self.sockets, flow) {
            return Admitted::AsItIs;
        }
        let Some(backlog) = self.listeners.get_mut(&flow.local.port()) else {
            if self.refusals.allow(now) {
                return Admitted::AsItIs;
            }
            shared.count(|counters| counters.refusals_limited += 1);
            return Admitted::No;
        };
        if backlog.len() >= MOST_WAITING {
            shared.count(|counters| counters.backlog_full += 1);
            return Admitted::No;
        }
        let limits = backlog.limits();
        let port = flow.local.port();
        if let Some(most) = limits.connections
            && !self
                .connections
                .may_have_another(shared, &mut self.sockets, port, most)
        {
            shared.count(|counters| counters.connections_full += 1);
            return Admitted::No;
        }
        let reserved = backlog.reserve(self.connections.half_open() + 1);
        if self.connections.half_open() >= MOST_HALF_OPEN {
            self.connections
                .evict_half_open(shared, &mut self.sockets, 0);
        }
        let waiting = self.waiting();
        let socket = if reserved {
            self.connections
                .open(shared, &mut self.sockets, flow, limits, waiting, now)
        } else {
            None
        };
        match socket {
            Some(socket) => Admitted::New(socket),
            None => {
                shared.count(|counters| counters.memory_full += 1);
                Admitted::No
            }
        }
    }
}
