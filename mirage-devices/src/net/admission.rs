//! Which requests for a connection are let in.
//!
//! A socket is created when its SYN arrives, so a listener has no pool of sockets to size. The numbers of
//! half-open connections, of connections that `main` has not accepted, and of all connections of a port
//! with a limit are bounded: beyond them a SYN is dropped, and the client retransmits it.

use super::{
    backlog::MAX_WAITING,
    connections::MAX_HALF_OPEN,
    segment::Flow,
    state::{Shared, State},
};
use crate::time::Instant;
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

impl State {
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
            shared
                .counters
                .count(|counters| counters.refusals_limited += 1);
            return Admitted::No;
        };
        if backlog.len() >= MAX_WAITING {
            shared.counters.count(|counters| counters.backlog_full += 1);
            return Admitted::No;
        }
        let limits = backlog.limits();
        let port = flow.local.port();
        if let Some(most) = limits.connections
            && !self
                .connections
                .may_have_another(&shared.counters, &mut self.sockets, port, most)
        {
            shared
                .counters
                .count(|counters| counters.connections_full += 1);
            return Admitted::No;
        }
        let reserved = backlog.reserve(self.connections.half_open() + 1);
        if self.connections.half_open() >= MAX_HALF_OPEN {
            self.connections
                .evict_half_open(&shared.counters, &mut self.sockets, 0);
        }
        let waiting = self.waiting();
        let socket = if reserved {
            self.connections.open(
                &shared.counters,
                &mut self.sockets,
                flow,
                limits,
                waiting,
                now,
            )
        } else {
            None
        };
        match socket {
            Some(socket) => Admitted::New(socket),
            None => {
                shared.counters.count(|counters| counters.memory_full += 1);
                Admitted::No
            }
        }
    }
}
