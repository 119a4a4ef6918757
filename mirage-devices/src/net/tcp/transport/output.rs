//! Transmission of data that applications wrote, and of segments that timers request.

use super::Transport;
use crate::{
    net::{
        ip::Egress,
        tcp::{
            connection::{Context, output::Progress},
            flow_table::Entry,
            syn_queue::Expired,
            timer_wheel::NEVER,
        },
    },
    time::Instant,
};

impl Transport {
    /// Sends what may be sent. Returns whether more can be sent at once, without waiting for room on
    /// the link or for a timer.
    ///
    /// Call it after the tasks of applications have run, so that acknowledgments are sent with their
    /// data.
    pub fn flush(&mut self, now: Instant, egress: &mut impl Egress) -> bool {
        let mtu = self.mtu;
        let mut more = false;
        // Connections that are marked meanwhile are visited by the next flush.
        for _ in 0..self.dirty.len() {
            if !egress.has_room() {
                return false;
            }
            let Some(index) = self.dirty.pop_front() else {
                break;
            };
            // As `connection` does, but the tables can be used meanwhile.
            let Some(connection) = self.connections.get_mut(index) else {
                continue;
            };
            let local = self.locals.get(usize::from(connection.flow.local.0));
            let mut context = Context {
                now,
                local: local.copied().unwrap_or_default(),
                pool: &mut self.pool,
                counters: &mut self.counters,
            };
            connection.is_dirty = false;
            let progress = connection.flush(mtu, egress, &mut context);
            if progress != Progress::Done {
                connection.is_dirty = true;
                self.dirty.push_back(index);
                more |= progress == Progress::More;
            }
            if connection.is_closed() || connection.is_orphan() {
                self.settle(index, now);
                continue;
            }
            let deadline = connection.next_deadline(now);
            if deadline != NEVER {
                self.timers.arm(index, deadline);
            }
        }
        more
    }

    /// Handles the timers that are due at `now`.
    pub fn expire(&mut self, now: Instant, egress: &mut impl Egress) {
        while let Some(index) = self.timers.pop(now) {
            let Some((connection, mut context)) = self.connection(index, now) else {
                continue;
            };
            connection.expire(egress, &mut context);
            self.mark_dirty(index);
            self.settle(index, now);
        }
        while let Some(expired) = self.syn_queue.expire(now) {
            match expired {
                Expired::Retransmit(record) => {
                    self.counters.retransmissions += 1;
                    self.resend_syn_ack(&record, now, egress);
                }
                Expired::Remove(index, record) => {
                    self.counters.half_open_expired += 1;
                    self.flows.remove(record.hash, Entry::HalfOpen(index));
                    self.forget_half_open(record.flow.local_port);
                }
            }
        }
        self.expire_time_waits(now);
    }
}
