//! What is in flight: data that was sent and is not acknowledged (RFC 6675, section 3).

use super::{
    delivery_rate::Snapshot,
    inline_deque::InlineDeque,
    options::SackBlock,
    sent_data::{Delivered, Fate, Record},
    seq::SeqNumber,
};
use crate::time::Instant;

/// The records of all data in flight, in the order of the stream and without gaps.
#[derive(Debug, Default)]
pub struct Scoreboard {
    records: InlineDeque<Record>,
    /// Bytes of records that are sacked.
    sacked: u32,
    /// Bytes of records that are lost.
    lost: u32,
    /// No record before this one is lost.
    first_lost: u32,
    /// The byte after the highest one that is known to be delivered.
    highest: SeqNumber,
}

impl Scoreboard {
    /// Starts to collect what an acknowledgment delivers.
    pub fn begin_acknowledgment(&self) -> Delivered {
        Delivered::after(self.highest)
    }

    /// The records.
    pub fn records(&self) -> &InlineDeque<Record> {
        &self.records
    }

    /// Returns the record with the byte at `seq`.
    pub fn record_at(&self, seq: SeqNumber) -> Option<&Record> {
        let index = self
            .records
            .partition_point(|record| !record.end.is_after(seq));
        self.records.get(index)
    }

    /// Bytes that were received out of order.
    pub fn sacked(&self) -> u32 {
        self.sacked
    }

    /// Bytes that have to be sent again.
    pub fn lost(&self) -> u32 {
        self.lost
    }

    /// Bytes that are on their way (pipe), of `outstanding` ones that are not acknowledged.
    pub fn in_flight(&self, outstanding: u32) -> u32 {
        outstanding - self.sacked - self.lost
    }

    /// Adds data that is sent for the first time.
    #[inline]
    pub fn push(&mut self, record: Record) {
        match &mut self.records {
            InlineDeque::Empty => {
                self.highest = record.start;
                self.records.set_only(record);
            }
            InlineDeque::One(_) | InlineDeque::Many(_) => self.append(record),
        }
    }

    #[inline(never)]
    fn append(&mut self, record: Record) {
        if let Some(last) = self.records.back_mut()
            && last.sent_at == record.sent_at
            && last.fate == Fate::InFlight
            && !last.retransmitted
        {
            last.end = record.end;
            return;
        }
        if self.records.try_push_back(record) {
            return;
        }
        // Without memory it is less exact when what was sent, and more is sent again.
        if let Some(last) = self.records.back_mut() {
            match last.fate {
                Fate::InFlight => {}
                Fate::Sacked => self.sacked -= last.len(),
                Fate::Lost => self.lost -= last.len(),
            }
            last.fate = Fate::InFlight;
            last.end = record.end;
        }
    }

    /// Returns whether all data in flight was sent in one go, at `now`, and once.
    pub fn was_sent_at(&self, now: Instant) -> bool {
        match &self.records {
            InlineDeque::One(record) => record.sent_at == now && !record.retransmitted,
            InlineDeque::Empty | InlineDeque::Many(_) => false,
        }
    }

    /// Everything before `ack` is acknowledged.
    pub fn acknowledge(&mut self, ack: SeqNumber, delivered: &mut Delivered) {
        while let Some(front) = self.records.front_mut() {
            if !front.start.is_before(ack) {
                break;
            }
            let mut record = *front;
            if front.end.is_after(ack) {
                record.end = ack;
                front.start = ack;
            } else {
                self.records.pop_front();
                self.first_lost = self.first_lost.saturating_sub(1);
            }
            match record.fate {
                Fate::Sacked => self.sacked -= record.len(),
                Fate::Lost => self.lost -= record.len(),
                Fate::InFlight => {}
            }
            if record.fate != Fate::Sacked {
                delivered.add(&record);
            }
        }
        self.highest = self.highest.max(ack);
    }

    /// Returns what is in flight, if it was sent in one go, once, and `ack` acknowledges it all.
    #[inline]
    pub fn only(&self, ack: SeqNumber) -> Option<&Record> {
        match &self.records {
            InlineDeque::One(record)
                if record.end == ack && !record.retransmitted && record.fate == Fate::InFlight =>
            {
                Some(record)
            }
            _ => None,
        }
    }

    /// Removes what [`only`](Self::only) returns.
    #[inline]
    pub fn take_only(&mut self, ack: SeqNumber) -> Option<Record> {
        let record = *self.only(ack)?;
        self.records = InlineDeque::Empty;
        self.highest = ack;
        Some(record)
    }

    /// The bytes of `block` were received out of order. From `most` records on, none is split for it: a
    /// peer may report single bytes, and each record takes memory and time.
    pub fn on_sack(&mut self, block: SackBlock, most: usize, delivered: &mut Delivered) {
        let mut index = self
            .records
            .partition_point(|record| !record.end.is_after(block.start));
        while let Some(record) = self.records.get(index) {
            if !record.start.is_before(block.end) {
                break;
            }
            if record.fate == Fate::Sacked {
                index += 1;
                continue;
            }
            if record.start.is_before(block.start) {
                if !self.split_below(most, index, block.start) {
                    return;
                }
                index += 1;
            }
            if !self.split_below(most, index, block.end) {
                return;
            }
            index = self.mark_sacked(index, delivered);
        }
        self.highest = self.highest.max(block.end);
    }

    /// Marks a record as sacked and joins it with its neighbours that are. Returns the index of the
    /// record behind.
    fn mark_sacked(&mut self, mut index: usize, delivered: &mut Delivered) -> usize {
        let Some(record) = self.records.get_mut(index) else {
            return index;
        };
        delivered.add(record);
        if record.fate == Fate::Lost {
            self.lost -= record.len();
        }
        self.sacked += record.len();
        record.fate = Fate::Sacked;
        // Runs stay single records, so that walking over what is missing is short.
        index += 1;
        if self.join(index) {
            index -= 1;
        }
        if index >= 2 && self.join(index - 1) {
            index -= 1;
        }
        index
    }

    /// Joins a record with the one before, if both are sacked.
    fn join(&mut self, index: usize) -> bool {
        let is_sacked = |record: Option<&Record>| record.is_some_and(|it| it.fate == Fate::Sacked);
        if !is_sacked(self.records.get(index)) || !is_sacked(self.records.get(index - 1)) {
            return false;
        }
        let Some(removed) = self.records.remove(index) else {
            return false;
        };
        if let Some(before) = self.records.get_mut(index - 1) {
            before.end = removed.end;
        }
        if self.first_lost as usize > index {
            self.first_lost -= 1;
        }
        true
    }

    /// [`split`](Self::split), if that makes at most `most` records.
    fn split_below(&mut self, most: usize, index: usize, position: SeqNumber) -> bool {
        let is_inside =
            |record: &Record| position.is_after(record.start) && position.is_before(record.end);
        if self.records.len() >= most && self.records.get(index).is_some_and(is_inside) {
            return false;
        }
        self.split(index, position)
    }

    /// Splits a record at `position`, if that is inside. Returns whether there was memory for it.
    fn split(&mut self, index: usize, position: SeqNumber) -> bool {
        let Some(&record) = self.records.get(index) else {
            return true;
        };
        if !position.is_before(record.end) || !position.is_after(record.start) {
            return true;
        }
        let behind = Record {
            start: position,
            ..record
        };
        if !self.records.try_insert(index + 1, behind) {
            return false;
        }
        if let Some(record) = self.records.get_mut(index) {
            record.end = position;
        }
        if self.first_lost as usize > index {
            self.first_lost += 1;
        }
        true
    }

    /// Marks records as lost for which `is_lost` returns true. It is asked for each record in flight
    /// that was sent before data that was sent at `sent_at` and ended at `end`. Returns the bytes.
    pub fn mark_lost(
        &mut self,
        sent_at: Instant,
        end: SeqNumber,
        mut is_lost: impl FnMut(&Record) -> bool,
    ) -> u32 {
        let before = self.lost;
        for index in 0..self.records.len() {
            let Some(record) = self.records.get_mut(index) else {
                break;
            };
            if record.fate != Fate::InFlight {
                continue;
            }
            if record.was_sent_after(sent_at, end) {
                if record.retransmitted {
                    continue;
                }
                // What was sent once was sent in the order of the stream.
                break;
            }
            if is_lost(record) {
                record.fate = Fate::Lost;
                self.lost += record.len();
                self.first_lost = self.first_lost.min(index as u32);
            }
        }
        self.lost - before
    }

    /// Marks everything in flight as lost. If the peer has dropped what it had received out of order
    /// (RFC 2018, section 8), that too.
    pub fn mark_all_lost(&mut self) {
        let reneged = self
            .records
            .front()
            .is_some_and(|record| record.fate == Fate::Sacked);
        for index in 0..self.records.len() {
            let Some(record) = self.records.get_mut(index) else {
                break;
            };
            if record.fate == Fate::InFlight || (reneged && record.fate == Fate::Sacked) {
                if record.fate == Fate::Sacked {
                    self.sacked -= record.len();
                }
                record.fate = Fate::Lost;
                self.lost += record.len();
            }
        }
        self.first_lost = 0;
    }

    /// Takes back that data is lost.
    pub fn unmark_lost(&mut self) {
        for index in 0..self.records.len() {
            if let Some(record) = self.records.get_mut(index)
                && record.fate == Fate::Lost
            {
                record.fate = Fate::InFlight;
            }
        }
        self.lost = 0;
    }

    /// The first data that is lost.
    pub fn next_lost(&mut self) -> Option<(SeqNumber, SeqNumber)> {
        if self.lost == 0 {
            return None;
        }
        while let Some(record) = self.records.get(self.first_lost as usize) {
            if record.fate == Fate::Lost {
                return Some((record.start, record.end));
            }
            self.first_lost += 1;
        }
        None
    }

    /// The data from `start`, where a record that is not sacked starts, to `end`, inside of it, is sent
    /// again at `now`.
    pub fn retransmitted(
        &mut self,
        start: SeqNumber,
        end: SeqNumber,
        now: Instant,
        snapshot: Snapshot,
    ) {
        let index = self
            .records
            .partition_point(|record| !record.end.is_after(start));
        // Without memory for it, more counts as sent again; a timeout repairs that.
        let _ = self.split(index, start);
        let index = self
            .records
            .partition_point(|record| !record.end.is_after(start));
        let _ = self.split(index, end);
        let Some(record) = self.records.get_mut(index) else {
            return;
        };
        if record.fate == Fate::Lost {
            self.lost -= record.len();
        }
        record.fate = Fate::InFlight;
        record.sent_at = now;
        record.retransmitted = true;
        record.snapshot = snapshot;
    }
}

#[cfg(test)]
mod tests;
