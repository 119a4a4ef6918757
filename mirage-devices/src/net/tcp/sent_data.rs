//! Data that was sent, and what became of it.

use super::{delivery_rate::Snapshot, seq::SeqNumber};
use crate::time::Instant;

/// What became of sent data, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// On its way.
    InFlight,
    /// Received out of order (SACK).
    Sacked,
    /// Taken to be lost, and not sent again yet.
    Lost,
}

/// Contiguous data that was sent in one go and has one fate.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    /// The first byte.
    pub start: SeqNumber,
    /// The byte after the last.
    pub end: SeqNumber,
    /// When it was last sent.
    pub sent_at: Instant,
    /// Whether it was sent more than once.
    pub retransmitted: bool,
    /// Its fate.
    pub fate: Fate,
    /// The delivery rate's snapshot of when it was last sent.
    pub snapshot: Snapshot,
}

impl Record {
    /// Its length in bytes.
    pub fn len(&self) -> u32 {
        self.end - self.start
    }

    /// Whether it was sent after data that was sent at `sent_at` and ended at `end`.
    pub fn was_sent_after(&self, sent_at: Instant, end: SeqNumber) -> bool {
        self.sent_at > sent_at || (self.sent_at == sent_at && self.end.is_after(end))
    }
}

/// What an acknowledgment delivered.
#[derive(Debug, Default)]
pub struct Delivered {
    /// Bytes that were not known to be delivered before.
    pub bytes: u32,
    /// The part of it that was sent last.
    pub newest: Option<Record>,
    /// The part that was sent last of what was sent once only.
    pub newest_original: Option<Record>,
    /// Data was delivered that was taken to be lost and had not been sent again.
    pub was_not_lost: bool,
    /// Data that was sent once was delivered after data behind it.
    pub reordered: bool,
    /// The byte after the highest one that was known to be delivered before.
    highest_before: SeqNumber,
}

impl Delivered {
    /// Nothing yet, where everything before `highest` may be known to be delivered.
    pub fn after(highest: SeqNumber) -> Self {
        Self {
            highest_before: highest,
            ..Self::default()
        }
    }

    /// Adds data that was delivered.
    pub fn add(&mut self, record: &Record) {
        self.bytes += record.len();
        let is_newer = |newest: &Option<Record>| {
            newest.is_none_or(|newest| record.was_sent_after(newest.sent_at, newest.end))
        };
        if is_newer(&self.newest) {
            self.newest = Some(*record);
        }
        if !record.retransmitted {
            if is_newer(&self.newest_original) {
                self.newest_original = Some(*record);
            }
            self.was_not_lost |= record.fate == Fate::Lost;
            self.reordered |= record.end.is_before(self.highest_before);
        }
    }
}
