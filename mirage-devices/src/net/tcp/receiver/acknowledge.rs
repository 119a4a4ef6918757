//! Scheduling of acknowledgments (RFC 9293, section 3.8.6.3; RFC 5681, section 4.2).

use super::{Receiver, acks::Urgency};
use crate::{
    net::tcp::{
        compact_time::FineTime,
        options::{MAX_SACK_BLOCKS, SackBlock},
        timer_wheel::NEVER,
    },
    time::Instant,
};

impl Receiver {
    /// Requests an acknowledgment.
    pub fn owe_ack(&mut self, urgency: Urgency) {
        self.acks.owe(urgency);
    }

    /// Returns how soon an acknowledgment is owed.
    pub fn urgency(&self) -> Urgency {
        self.acks.urgency
    }

    /// When a delayed acknowledgment has to be sent, if one is owed. Starts the delay, if it has not
    /// begun.
    pub fn ack_deadline(&mut self, now: Instant) -> Instant {
        if self.acks.urgency != Urgency::Delayed {
            return NEVER;
        }
        if !self.acks.is_delaying {
            self.acks.is_delaying = true;
            self.acks.since = FineTime::at(now);
        }
        self.acks.deadline(now)
    }

    /// Ends the delay if its deadline has passed.
    pub fn on_timer(&mut self, now: Instant) {
        let is_delaying = self.acks.urgency == Urgency::Delayed && self.acks.is_delaying;
        if is_delaying && self.acks.deadline(now) <= now {
            self.acks.owe(Urgency::Now);
        }
    }

    /// Notes a duplicate to report.
    pub(super) fn report_duplicate(&mut self, block: SackBlock) {
        self.remember(|exceptions| exceptions.duplicate = Some(block));
        self.acks.owe(Urgency::Now);
    }

    /// The blocks of the next acknowledgment; a duplicate comes first and is reported once.
    pub fn sack_blocks(&mut self) -> ([SackBlock; MAX_SACK_BLOCKS], usize) {
        let mut blocks = [SackBlock {
            start: self.nxt,
            end: self.nxt,
        }; MAX_SACK_BLOCKS];
        let mut count = 0;
        let mut reported = None;
        self.forget(&mut |exceptions| reported = exceptions.duplicate.take());
        for block in reported
            .into_iter()
            .chain(self.reassembly.blocks())
            .take(MAX_SACK_BLOCKS)
        {
            blocks[count] = block;
            count += 1;
        }
        (blocks, count)
    }

    /// Whether the next acknowledgment has blocks.
    pub fn has_sack_blocks(&self) -> bool {
        let exceptions = self.exceptions.get();
        exceptions.is_some_and(|exceptions| exceptions.duplicate.is_some())
            || !self.reassembly.is_empty()
    }

    /// Notes that an acknowledgment was sent.
    pub fn ack_sent(&mut self) {
        self.acks.urgency = Urgency::None;
        self.acks.is_delaying = false;
        self.acks.last_sent = self.nxt;
        self.acks.pending = 0;
        if self.exceptions.is_some() {
            self.forget(&mut |exceptions| exceptions.duplicate = None);
        }
    }
}
