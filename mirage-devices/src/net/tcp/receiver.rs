//! The receiving half of a connection: the data that was received and is not read.

mod acknowledge;
pub mod acks;
mod exceptions;
mod reassembly;
mod tuning;
mod urgent;
mod window;

use super::{
    compact_time::CoarseTime,
    nanos::Nanos,
    on_demand::OnDemand,
    options::{SackBlock, Timestamps},
    page_queue::PageQueue,
    pool::{Page, Pool},
    segment::Segment,
    seq::SeqNumber,
};
use crate::time::Instant;
use acks::{Acks, Urgency};
use exceptions::Exceptions;
use reassembly::Reassembly;
use tuning::Tuning;

pub use tuning::INITIAL_WINDOW;

/// How long a timestamp counts: half of the time in which the peer's fastest clock wraps (RFC 7323,
/// section 5.5).
const TIMESTAMP_EXPIRES: Nanos = Nanos::from_secs(24 * 24 * 60 * 60);

/// The receiving half of a connection.
#[derive(Debug)]
pub struct Receiver {
    /// RCV.NXT: the next byte that is expected.
    pub nxt: SeqNumber,
    /// The right edge of the advertised window, which never moves back.
    edge: SeqNumber,
    /// Rcv.Wind.Shift: the scale of our windows.
    scale: u8,
    /// The FIN was received and everything before it.
    is_finished: bool,
    /// The application has stopped reading: received data is dropped.
    is_discarding: bool,
    /// The bytes before `nxt` that were not read, and behind them what was received out of order.
    queue: PageQueue,
    unread: u32,
    reassembly: Reassembly,
    tuning: Tuning,
    /// Bytes that are committed in the pool.
    committed: u32,
    /// Whether timestamps are used.
    has_timestamps: bool,
    /// TS.Recent, and when it was received.
    recent: u32,
    recent_since: CoarseTime,
    exceptions: OnDemand<Exceptions>,
    /// What is owed to the peer.
    acks: Acks,
}

/// What is known when a connection is established.
#[derive(Debug, Clone, Copy)]
pub struct ReceiverConfig {
    /// The peer's initial sequence number.
    pub irs: SeqNumber,
    /// The window that was offered with our SYN.
    pub window: u32,
    /// The scale of our windows.
    pub scale: u8,
    /// The largest window that may be offered.
    pub limit: u32,
    /// The peer's first timestamp, if timestamps are used.
    pub timestamp: Option<u32>,
}

/// What received data changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Receipt {
    /// There is more to read, or the stream has ended.
    pub readable: bool,
    /// The FIN has been reached now.
    pub finished: bool,
    /// Some of the data was dropped, because there was no memory for it.
    pub starved: bool,
}

impl Receiver {
    /// The receiver of a connection whose SYN was received.
    pub fn new(config: &ReceiverConfig, now: Instant) -> Self {
        let nxt = config.irs + 1;
        Self {
            nxt,
            edge: nxt + config.window,
            scale: config.scale,
            is_finished: false,
            is_discarding: false,
            queue: PageQueue::new(),
            unread: 0,
            reassembly: Reassembly::default(),
            tuning: Tuning::new(config.window, config.limit, now),
            committed: 0,
            has_timestamps: config.timestamp.is_some(),
            recent: config.timestamp.unwrap_or(0),
            recent_since: CoarseTime::at(now),
            exceptions: OnDemand::NONE,
            acks: Acks::new(nxt),
        }
    }

    /// The receive window: from `nxt` to the edge that was offered.
    pub fn window(&self) -> u32 {
        self.edge.saturating_distance(self.nxt)
    }

    /// Whether a segment is acceptable (RFC 9293, section 3.10.7.4).
    pub fn is_acceptable(&self, seq: SeqNumber, length: u32) -> bool {
        let window = self.window();
        if length == 0 {
            return seq == self.nxt || seq.is_within(self.nxt, self.nxt + window);
        }
        let last = seq + length - 1;
        window > 0
            && (seq.is_within(self.nxt, self.nxt + window)
                || last.is_within(self.nxt, self.nxt + window))
    }

    /// Whether a timestamp is too old (PAWS, RFC 7323, section 5.3).
    pub fn is_old(&self, timestamps: Option<Timestamps>, now: Instant) -> bool {
        let Some(timestamps) = timestamps.filter(|_| self.has_timestamps) else {
            return false;
        };
        SeqNumber(timestamps.value).is_before(SeqNumber(self.recent))
            && self.recent_since.elapsed(now) < TIMESTAMP_EXPIRES
    }

    /// Remembers the timestamp to echo (RFC 7323, section 4.3).
    #[inline(always)]
    pub fn note_timestamp(&mut self, seq: SeqNumber, timestamps: Option<Timestamps>, now: Instant) {
        if let Some(timestamps) = timestamps
            && self.has_timestamps
            && !seq.is_after(self.acks.last_sent())
        {
            self.recent = timestamps.value;
            self.recent_since = CoarseTime::at(now);
        }
    }

    /// TS.Recent: the timestamp to echo, if timestamps are used.
    pub fn timestamp(&self) -> Option<u32> {
        self.has_timestamps.then_some(self.recent)
    }

    /// Returns whether the data and the timestamp of a segment are what header prediction expects.
    #[inline(always)]
    pub fn predicts(&self, segment: &Segment<'_>) -> bool {
        let has_expected_timestamp = match segment.options.timestamps {
            None => !self.has_timestamps,
            Some(timestamps) => {
                self.has_timestamps
                    && !SeqNumber(timestamps.value).is_before(SeqNumber(self.recent))
            }
        };
        has_expected_timestamp
            && segment.seq == self.nxt
            && segment.payload.len() <= self.window() as usize
            && self.reassembly.is_empty()
            && !self.exceptions.is_some()
            && !self.is_discarding
    }

    /// Receives the data of a segment that was predicted. Returns how much there was memory for.
    #[inline(always)]
    pub fn append(&mut self, data: &[u8], now: Instant, mss: u32, pool: &mut Pool) -> usize {
        let count = self.queue.write(self.unread, data, pool);
        let length = count as u32;
        self.nxt = self.nxt + length;
        self.unread += length;
        self.acks.on_data(length, mss);
        if count < data.len() {
            self.acks.owe(Urgency::Now);
        }
        self.tuning.on_received(length, now);
        count
    }

    /// A segment repeats data that was received before.
    pub fn note_repeated(&mut self, seq: SeqNumber, length: u32) {
        if length > 0 {
            self.report_duplicate(SackBlock {
                start: seq,
                end: (seq + length).min(self.nxt),
            });
        }
    }

    /// Receives data at `seq`, of an acceptable segment, and a FIN behind it.
    pub fn receive(
        &mut self,
        now: Instant,
        mut seq: SeqNumber,
        mut data: &[u8],
        fin: bool,
        mss: u32,
        pool: &mut Pool,
    ) -> Receipt {
        let end = seq + data.len() as u32;
        if seq.is_before(self.nxt) {
            let repeated = (self.nxt - seq).min(data.len() as u32);
            self.note_repeated(seq, repeated);
            seq = seq + repeated;
            data = &data[repeated as usize..];
        }
        let beyond = end.saturating_distance(self.edge).min(data.len() as u32);
        data = &data[..data.len() - beyond as usize];
        let fin_is_inside = fin && beyond == 0;
        if data.is_empty() && !fin_is_inside {
            // It repeats what was received, or the window is closed.
            self.acks.owe(Urgency::Now);
            return Receipt::default();
        }
        let before = self.nxt;
        let mut starved = false;
        if !data.is_empty() {
            if !self.reassembly.can_add(self.nxt, seq, end) {
                self.acks.owe(Urgency::Now);
                return Receipt::default();
            }
            let kept = self.store(seq, data, mss, pool);
            starved = kept < data.len();
            if starved {
                // The peer learns that something is missing before its timeout.
                self.acks.owe(Urgency::Now);
            }
        }
        self.absorb();
        if self.nxt != before {
            self.tuning.on_received(self.nxt - before, now);
        }
        let fin = match fin_is_inside {
            true => Some(end),
            false => self.exceptions.get().and_then(|exceptions| exceptions.fin),
        };
        let finished = !self.is_finished && fin == Some(self.nxt);
        if finished {
            self.forget(&mut |exceptions| exceptions.fin = None);
            self.is_finished = true;
            self.nxt = self.nxt + 1;
            self.edge = self.edge.max(self.nxt);
            self.acks.owe(Urgency::Now);
        } else if fin_is_inside {
            self.remember(|exceptions| exceptions.fin = fin);
        }
        Receipt {
            readable: self.nxt != before,
            finished,
            starved,
        }
    }

    /// Keeps data and returns how much there was memory for.
    fn store(&mut self, seq: SeqNumber, data: &[u8], mss: u32, pool: &mut Pool) -> usize {
        let kept = if self.is_discarding {
            data.len()
        } else {
            self.write(seq - self.nxt, data, pool)
        };
        if kept == 0 {
            return 0;
        }
        let length = kept as u32;
        if seq == self.nxt && self.reassembly.is_empty() {
            self.nxt = self.nxt + length;
            self.count_unread(length);
            self.acks.on_data(length, mss);
            return kept;
        }
        // A gap appears, is filled, or is still there: the peer has to know at once.
        let duplicate = self.reassembly.add(seq, seq + length);
        if let Some(duplicate) = duplicate {
            self.report_duplicate(duplicate);
        }
        self.acks.owe(Urgency::Now);
        kept
    }

    /// Writes data that is `ahead` bytes behind RCV.NXT, and returns how much there was memory for.
    fn write(&mut self, ahead: u32, data: &[u8], pool: &mut Pool) -> usize {
        let offset = self.unread + ahead;
        let written = self.queue.write_anywhere(offset, data, pool);
        if written > 0 || ahead > 0 || self.reassembly.is_empty() {
            return written;
        }
        // What was received out of order has the memory. The peer sends it again (RFC 2018, section 8).
        self.reassembly = Reassembly::default();
        self.queue.truncate(self.unread, pool);
        self.queue.write_anywhere(offset, data, pool)
    }

    /// Moves `nxt` over what was received out of order.
    fn absorb(&mut self) {
        if let Some(end) = self.reassembly.take_contiguous(self.nxt) {
            let bytes = end - self.nxt;
            self.nxt = end;
            self.count_unread(bytes);
        }
    }

    fn count_unread(&mut self, bytes: u32) {
        if !self.is_discarding {
            self.unread += bytes;
        }
    }

    /// Bytes that can be read.
    pub fn unread(&self) -> u32 {
        self.unread
    }

    /// Whether the FIN and everything before it was received.
    pub fn is_finished(&self) -> bool {
        self.is_finished
    }

    /// Copies the data at the front, without removing it. Returns how many bytes were copied.
    #[inline]
    pub fn peek(&mut self, bytes: &mut [u8]) -> usize {
        let count = bytes.len().min(self.unread as usize);
        if count == 0 {
            return 0;
        }
        self.queue.copy_to(0, &mut bytes[..count]);
        count
    }

    /// Removes `count` bytes that were read.
    #[inline]
    pub fn consume(&mut self, count: u32, now: Instant, smoothed: Option<Nanos>, pool: &mut Pool) {
        self.unread -= count;
        if self.exceptions.is_some() {
            self.forget_old_urgent();
        }
        let is_last = self.unread == 0 && self.reassembly.is_empty();
        self.queue.consume(count, is_last, pool);
        self.tuning.on_read(count, now, smoothed);
    }

    /// Removes the page with the data at the front and returns it, with the number of bytes in front of that
    /// data. `None` if the data has to be copied.
    pub fn take_page(&mut self, now: Instant, smoothed: Option<Nanos>) -> Option<(Page, usize)> {
        let (page, start) = self.queue.take_front(self.unread)?;
        let count = (page.len() - start) as u32;
        self.unread -= count;
        if self.exceptions.is_some() {
            self.forget_old_urgent();
        }
        self.tuning.on_read(count, now, smoothed);
        Some((page, start))
    }

    /// Discards unread data, and all that is received later.
    pub fn discard(&mut self, pool: &mut Pool) {
        self.is_discarding = true;
        self.queue.clear(pool);
        self.unread = 0;
    }

    /// Nothing more will be received: gives back what is not needed for what can still be read.
    pub fn close(&mut self, pool: &mut Pool) {
        pool.release(self.committed as usize);
        self.committed = 0;
        if self.unread == 0 {
            self.queue.clear(pool);
        }
    }

    /// Releases all memory.
    pub fn clear(&mut self, pool: &mut Pool) {
        self.discard(pool);
        pool.release(self.committed as usize);
        self.committed = 0;
    }
}
