//! TIME-WAIT (RFC 9293, section 3.6.1), as compact records in the order in which they end.

use super::{flow::Flow, seq::SeqNumber, slots::Slots};
use crate::time::Instant;
use alloc::collections::VecDeque;
use core::time::Duration;

/// How long a record is kept: twice a maximum segment lifetime of 30 s.
pub const DURATION: Duration = Duration::from_secs(60);

/// Maximum number of records; beyond it the oldest is removed.
pub const MAX_RECORDS: usize = 16_384;

/// A connection in TIME-WAIT: the data to acknowledge the peer's FIN again, and to reuse the flow (RFC
/// 6191).
#[derive(Debug, Clone, Copy)]
pub struct TimeWait {
    /// The flow of the connection.
    pub flow: Flow,
    /// The flow's hash.
    pub hash: u32,
    /// SND.NXT.
    pub nxt: SeqNumber,
    /// RCV.NXT.
    pub peer_nxt: SeqNumber,
    /// TS.Recent, if timestamps were used.
    pub timestamp: Option<u32>,
    /// When it ends, in seconds since boot.
    ends: u32,
}

/// The records.
#[derive(Debug, Default)]
pub struct TimeWaits {
    records: Slots<TimeWait>,
    /// Indices with the times at which they end, the earliest one first. One that has ended or was
    /// prolonged is left in it.
    order: VecDeque<(u32, u32)>,
}

impl TimeWaits {
    /// Adds a record and returns its index, or `None` if memory is exhausted.
    pub fn insert(
        &mut self,
        flow: Flow,
        hash: u32,
        nxt: SeqNumber,
        peer_nxt: SeqNumber,
        timestamp: Option<u32>,
        now: Instant,
    ) -> Option<u32> {
        self.order.try_reserve(1).ok()?;
        let ends = seconds(now + DURATION);
        let index = self.records.insert(TimeWait {
            flow,
            hash,
            nxt,
            peer_nxt,
            timestamp,
            ends,
        })?;
        self.order.push_back((index, ends));
        Some(index)
    }

    pub fn get(&self, index: u32) -> Option<&TimeWait> {
        self.records.get(index)
    }

    /// Removes a record.
    pub fn remove(&mut self, index: u32) -> Option<TimeWait> {
        self.records.remove(index)
    }

    /// Restarts the timer of a record after the peer has sent its FIN again.
    pub fn prolong(&mut self, index: u32, now: Instant) {
        let ends = seconds(now + DURATION);
        if let Some(record) = self.records.get_mut(index)
            && record.ends != ends
        {
            record.ends = ends;
            self.order.push_back((index, ends));
        }
    }

    /// Removes the next record that has ended, or the oldest one if there are too many.
    pub fn expire(&mut self, now: Instant) -> Option<(u32, TimeWait)> {
        while let Some(&(index, ends)) = self.order.front() {
            let is_current = self.records.get(index).is_some_and(|it| it.ends == ends);
            if is_current && ends > seconds(now) && self.records.len() <= MAX_RECORDS {
                return None;
            }
            self.order.pop_front();
            if is_current {
                return Some((index, self.records.remove(index)?));
            }
        }
        None
    }

    /// Returns when the next record ends.
    pub fn next_deadline(&self) -> Option<Instant> {
        let &(_, ends) = self.order.front()?;
        Some(Instant::BOOT + Duration::from_secs(ends.into()))
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.records.len()
    }
}

/// Whole seconds since boot.
fn seconds(now: Instant) -> u32 {
    u32::try_from(now.as_nanos() / 1_000_000_000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_small() {
        assert!(size_of::<TimeWait>() <= 48, "{}", size_of::<TimeWait>());
    }
}
