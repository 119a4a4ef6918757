//! The tables of connections.

use super::Transport;
use crate::{
    net::{
        spare::has_spare,
        tcp::{
            connection::{Connection, State},
            flow_table::Entry,
            timer_wheel::NEVER,
        },
    },
    time::Instant,
};
use alloc::boxed::Box;

/// Entries by which the list for the next flush grows. It is copied then, and if it doubled, 10,000 idle
/// connections would pay for 16,384.
const STEP: usize = 512;

impl Transport {
    /// Adds a connection whose flow has the hash `hash`, and no entry but perhaps that of the half-open
    /// connection `half_open`, which it replaces. Returns its index, or `None` if memory is exhausted.
    pub(super) fn add(
        &mut self,
        hash: u32,
        connection: Box<Connection>,
        half_open: Option<u32>,
    ) -> Option<u32> {
        if let Some(index) = self.connections.insert(connection) {
            let entry = Entry::Connection(index);
            let is_added = self.timers.reserve(index)
                && self.reserve_dirty()
                && match half_open {
                    Some(record) => {
                        self.flows.replace(hash, Entry::HalfOpen(record), entry);
                        true
                    }
                    None => self.flows.insert(hash, entry),
                };
            if is_added {
                return Some(index);
            }
            self.connections.remove(index);
        }
        self.counters.out_of_memory += 1;
        None
    }

    /// Reserves memory for all connections in the list for the next flush: what arrives in one batch may mark
    /// them all, and must not need memory then. Returns whether there was some.
    fn reserve_dirty(&mut self) -> bool {
        // Those that were removed since the last flush are still in it.
        let needed = self.connections.len() + self.dirty.len();
        needed <= self.dirty.capacity() || {
            let room = needed.next_multiple_of(STEP) - self.dirty.len();
            self.dirty.try_reserve_exact(room).is_ok()
        }
    }

    /// Adds a connection to the list for the next flush.
    pub(super) fn mark_dirty(&mut self, index: u32) {
        if let Some(connection) = self.connections.get_mut(index)
            && !connection.is_dirty
        {
            connection.is_dirty = true;
            self.dirty.push_back(index);
        }
    }

    /// Updates the tables after a connection has changed: removes it if it is closed, and arms its
    /// timer.
    #[inline(always)]
    pub(super) fn settle(&mut self, index: u32, now: Instant) {
        let Some(connection) = self.connections.get_mut(index) else {
            return;
        };
        if connection.is_closed() {
            return self.unlink(index);
        }
        let has_ended = connection.is_orphan() && connection.state() == State::TimeWait;
        if has_ended && !connection.owes_ack() {
            return self.retire(index, now);
        }
        let deadline = connection.next_deadline(now);
        if deadline != NEVER {
            self.timers.arm(index, deadline);
        }
    }

    /// Removes a closed connection from the tables. It is kept until the application releases it.
    fn unlink(&mut self, index: u32) {
        let Some(connection) = self.connections.get_mut(index) else {
            return;
        };
        let hash = self.secrets.flows.hash(&connection.flow);
        let is_orphan = connection.is_orphan();
        self.flows.remove(hash, Entry::Connection(index));
        self.timers.cancel(index);
        if is_orphan {
            self.remove(index);
        }
    }

    /// Turns a connection in TIME-WAIT into a record.
    fn retire(&mut self, index: u32, now: Instant) {
        let Some(connection) = self.connections.get(index) else {
            return;
        };
        let hash = self.secrets.flows.hash(&connection.flow);
        let (nxt, peer_nxt) = connection.reset_position();
        let record = has_spare(self.time_waits.len(), 0).then(|| {
            self.time_waits
                .insert(connection.flow, nxt, peer_nxt, connection.timestamps(), now)
        });
        let Some(record) = record.flatten() else {
            self.counters.time_wait_overflow += 1;
            self.flows.remove(hash, Entry::Connection(index));
            self.timers.cancel(index);
            return self.remove(index);
        };
        self.flows
            .replace(hash, Entry::Connection(index), Entry::TimeWait(record));
        self.timers.cancel(index);
        self.remove(index);
        self.expire_time_waits(now);
    }

    /// Frees a connection that was released and is not in the tables.
    fn remove(&mut self, index: u32) {
        let Some(mut connection) = self.connections.remove(index) else {
            return;
        };
        connection.sender.clear(&mut self.pool);
        connection.receiver.clear(&mut self.pool);
        if connection.is_passive
            && let Some(listener) = self.listeners.get_mut(connection.flow.local_port)
        {
            listener.connections = listener.connections.saturating_sub(1);
        }
    }

    /// Removes records in TIME-WAIT that have ended.
    pub(super) fn expire_time_waits(&mut self, now: Instant) {
        while let Some((index, record)) = self.time_waits.expire(now) {
            let hash = self.secrets.flows.hash(&record.flow);
            self.flows.remove(hash, Entry::TimeWait(index));
        }
    }
}
