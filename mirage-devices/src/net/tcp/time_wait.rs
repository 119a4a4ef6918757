//! TIME-WAIT (RFC 9293, section 3.6.1), as compact records in the order in which they end.

use super::{flow::Flow, seq::SeqNumber, slots::Slots};
use crate::time::Instant;
use alloc::collections::VecDeque;
use core::time::Duration;

/// How long a record is kept: twice a maximum segment lifetime of 30 s.
pub const DURATION: Duration = Duration::from_secs(60);

/// A record is prolonged if that gains this many seconds, so that few entries of the order are for the same
/// record.
const MIN_GAIN: u32 = 15;

/// Maximum number of records; beyond it the oldest is removed.
pub const MAX_RECORDS: usize = 16_384;

/// A connection in TIME-WAIT: the data to acknowledge the peer's FIN again, and to reuse the flow (RFC
/// 6191).
#[derive(Debug, Clone, Copy)]
pub struct TimeWait {
    /// The flow of the connection.
    pub flow: Flow,
    /// SND.NXT.
    pub nxt: SeqNumber,
    /// RCV.NXT.
    pub peer_nxt: SeqNumber,
    /// TS.Recent and the offset of our timestamps, if timestamps were used.
    pub timestamps: Option<(u32, u32)>,
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
        nxt: SeqNumber,
        peer_nxt: SeqNumber,
        timestamps: Option<(u32, u32)>,
        now: Instant,
    ) -> Option<u32> {
        self.order.try_reserve(1).ok()?;
        let ends = seconds(now + DURATION);
        let index = self.records.insert(TimeWait {
            flow,
            nxt,
            peer_nxt,
            timestamps,
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

    /// Restarts the timer of a record after the peer has sent its FIN again, unless that gains less than
    /// [`MIN_GAIN`] or memory is exhausted.
    pub fn prolong(&mut self, index: u32, now: Instant) {
        let ends = seconds(now + DURATION);
        if let Some(record) = self.records.get_mut(index)
            && ends >= record.ends.saturating_add(MIN_GAIN)
            && self.order.try_reserve(1).is_ok()
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
    use crate::net::tcp::flow::LocalAddress;

    #[test]
    fn a_record_is_small() {
        assert!(size_of::<TimeWait>() <= 48, "{}", size_of::<TimeWait>());
    }

    #[test]
    fn a_record_that_is_often_prolonged_has_few_entries() {
        let mut records = TimeWaits::default();
        let flow = Flow {
            remote: core::net::Ipv4Addr::new(10, 0, 0, 1).into(),
            remote_port: 1,
            local_port: 80,
            local: LocalAddress(0),
        };
        let index = records.insert(flow, SeqNumber(0), SeqNumber(0), None, Instant::BOOT);
        let index = index.expect("there is memory");
        for second in 0..600 {
            let now = Instant::BOOT + Duration::from_secs(second);
            records.prolong(index, now);
            if records.next_deadline().is_some_and(|next| next <= now) {
                assert!(records.expire(now).is_none());
            }
            assert!(records.order.len() <= 5, "{}", records.order.len());
        }
    }
}
