//! The end of many connections at once: an address or the link is lost.

use super::{Transport, calls::ConnectionId};
use crate::{
    net::{
        error::Error,
        ip::Address,
        tcp::{
            flow::Flow,
            flow_table::{Entry, FlowTable},
            time_wait::TimeWaits,
        },
    },
    time::Instant,
};

impl Transport {
    /// Aborts the connections of a local address, because it is lost: the peers receive a reset, and
    /// the applications `error`. Those that are half open are forgotten.
    pub fn abort_local(&mut self, now: Instant, local: Address, error: Error) {
        let Some(local) = self.locals.iter().position(|each| *each == local) else {
            return;
        };
        let is_local = |flow: &Flow| usize::from(flow.local.0) == local;
        self.forget_half_open_of(is_local);
        let connections = &self.connections;
        let unaccepted = self.listeners.take_accept_queues(|index| {
            let connection = connections.get(index);
            connection.is_none_or(|connection| is_local(&connection.flow))
        });
        for index in unaccepted {
            self.abort(ConnectionId(index));
            self.release(ConnectionId(index), now);
        }
        for index in self.connections.range() {
            if let Some(connection) = self.connections.get_mut(index)
                && is_local(&connection.flow)
                && !connection.is_closed()
            {
                connection.abort_with(error);
                self.mark_dirty(index);
            }
        }
    }

    /// Ends all connections with `error`, without a segment to the peers, because the link is lost.
    pub fn fail_all(&mut self, now: Instant, error: Error) {
        self.forget_half_open_of(|_| true);
        self.time_waits = TimeWaits::default();
        for index in self.listeners.take_accept_queues(|_| true) {
            self.release(ConnectionId(index), now);
        }
        // They end while they are visited.
        for index in self.connections.range() {
            if let Some((connection, mut context)) = self.connection(index, now)
                && !connection.is_closed()
            {
                connection.end(Some(error), &mut context);
            }
            self.settle(index, now);
        }
        self.flows = FlowTable::default();
        self.listeners.wake_all();
    }

    /// Forgets the half-open connections of some flows.
    pub(super) fn forget_half_open_of(&mut self, is_of: impl Fn(&Flow) -> bool) {
        let (flows, listeners) = (&mut self.flows, &mut self.listeners);
        self.syn_queue.remove_matching(
            |record| is_of(&record.flow),
            |index, record| {
                flows.remove(record.hash, Entry::HalfOpen(index));
                if let Some(listener) = listeners.get_mut(record.flow.local_port) {
                    listener.half_open = listener.half_open.saturating_sub(1);
                }
            },
        );
    }
}
