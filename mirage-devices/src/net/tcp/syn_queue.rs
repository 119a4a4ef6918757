//! The SYN queue: half-open connections, as compact records.

use super::{
    flow::Flow,
    segment::{Flags, Segment},
    seq::SeqNumber,
    slots::Slots,
    timer_wheel::NEVER,
};
use crate::{net::ip::Ecn, time::Instant};
use core::time::Duration;

/// Maximum number of half-open connections of all ports.
pub const MAX_HALF_OPEN: usize = 4096;

/// Maximum number of half-open connections of one port.
pub const MAX_HALF_OPEN_PER_PORT: u16 = 1024;

/// Maximum number of retransmissions of a SYN|ACK.
const MAX_RETRIES: u8 = 5;

/// The delay of the first retransmission of a SYN|ACK.
const INITIAL_TIMEOUT: Duration = Duration::from_secs(1);

/// The minimum interval between examinations of all records. SYN|ACKs are retransmitted so much later at most.
const MIN_INTERVAL: Duration = Duration::from_millis(50);

/// The SYN of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerSyn {
    /// The peer's initial sequence number.
    pub irs: SeqNumber,
    /// The window of its SYN, which is never scaled.
    pub window: u16,
    /// Its maximum segment size.
    pub mss: u16,
    /// Its window scale, if windows are scaled.
    pub window_scale: Option<u8>,
    /// Whether SACK may be used.
    pub sack: bool,
    /// Its timestamp, if timestamps are used.
    pub timestamp: Option<u32>,
    /// Whether it asks for ECN, or agrees to use it (RFC 3168, section 6.1.1).
    pub ecn: bool,
}

/// The segment size of a peer that names none (RFC 9293, section 3.7.1).
const DEFAULT_MSS: u16 = 536;

/// The smallest segment size that is accepted: smaller ones cost the sender more than the peer
/// (CVE-2019-11479).
const MIN_MSS: u16 = 216;

impl PeerSyn {
    /// The values for a peer that has not answered yet.
    pub const UNKNOWN: Self = Self {
        irs: SeqNumber(0),
        window: 0,
        mss: DEFAULT_MSS,
        window_scale: None,
        sack: false,
        timestamp: None,
        ecn: false,
    };

    /// The control bits of the SYN|ACK that answers it.
    pub fn answer_flags(&self) -> Flags {
        let flags = Flags::SYN | Flags::ACK;
        if self.ecn { flags | Flags::ECE } else { flags }
    }

    /// Reads a SYN in a packet whose IP header begins with `class`.
    pub fn from_syn(segment: &Segment<'_>, class: &[u8; 2]) -> Self {
        let options = &segment.options;
        // A SYN|ACK with both has returned them as reserved bits.
        let asks = if segment.flags.contains(Flags::ACK) {
            Flags::ECE
        } else {
            Flags::ECE | Flags::CWR
        };
        Self {
            irs: segment.seq,
            window: segment.window,
            mss: options.mss.unwrap_or(DEFAULT_MSS).max(MIN_MSS),
            window_scale: options.window_scale,
            sack: options.sack_permitted,
            timestamp: options.timestamps.map(|timestamps| timestamps.value),
            // A SYN is never ECN-capable: the path has changed the field, and may change others.
            ecn: segment.flags.ecn() == asks && Ecn::from_class(class) == Ecn::NotCapable,
        }
    }
}

/// A half-open connection.
#[derive(Debug, Clone, Copy)]
pub struct HalfOpen {
    /// The flow of the connection.
    pub flow: Flow,
    /// The flow's hash.
    pub hash: u32,
    /// Our initial sequence number.
    pub iss: SeqNumber,
    /// The offset of our timestamps.
    pub timestamp_offset: u32,
    /// The window that our SYN advertises, which is kept whatever the pool has left later.
    pub window: u16,
    /// The peer's SYN.
    pub peer_syn: PeerSyn,
    retries: u8,
    /// When the SYN|ACK is to be retransmitted, or given up.
    due: Instant,
}

impl HalfOpen {
    /// Creates the record of a SYN that is answered now.
    pub fn new(
        flow: Flow,
        hash: u32,
        iss: SeqNumber,
        timestamp_offset: u32,
        window: u16,
        peer_syn: PeerSyn,
        now: Instant,
    ) -> Self {
        Self {
            flow,
            hash,
            iss,
            timestamp_offset,
            window,
            peer_syn,
            retries: 0,
            due: now + INITIAL_TIMEOUT,
        }
    }
}

/// The SYN queue.
///
/// All records are examined when the first of them is due. A timer for each would be armed and cancelled in
/// every handshake, and most end within a round trip.
#[derive(Debug)]
pub struct SynQueue {
    records: Slots<HalfOpen>,
    /// When the records are examined. None is due earlier.
    next: Instant,
    /// The record with which the examination goes on.
    position: u32,
    /// The earliest time at which an examined record is due.
    earliest: Instant,
}

impl Default for SynQueue {
    fn default() -> Self {
        Self {
            records: Slots::default(),
            next: NEVER,
            position: 0,
            earliest: NEVER,
        }
    }
}

/// What to do about a half-open connection whose timer has expired.
#[derive(Debug, Clone, Copy)]
pub enum Expired {
    /// Send the SYN|ACK again.
    Retransmit(HalfOpen),
    /// It was removed from the queue: forget its flow.
    Remove(u32, HalfOpen),
}

impl SynQueue {
    /// Returns whether the queue is full.
    pub fn is_full(&self) -> bool {
        self.records.len() >= MAX_HALF_OPEN
    }

    /// The number of half-open connections.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether one more half-open connection needs more memory.
    pub fn grows(&self) -> bool {
        self.records.is_full()
    }

    /// Adds a half-open connection and returns its index, or `None` if memory is exhausted.
    pub fn insert(&mut self, record: HalfOpen) -> Option<u32> {
        let index = self.records.insert(record)?;
        self.next = self.next.min(record.due);
        Some(index)
    }

    pub fn get(&self, index: u32) -> Option<&HalfOpen> {
        self.records.get(index)
    }

    /// Notes that the peer has repeated its SYN without asking for ECN (RFC 3168, section 6.1.1.1).
    pub fn clear_ecn(&mut self, index: u32) {
        if let Some(record) = self.records.get_mut(index) {
            record.peer_syn.ecn = false;
        }
    }

    /// Removes a half-open connection.
    pub fn remove(&mut self, index: u32) -> Option<HalfOpen> {
        self.records.remove(index)
    }

    /// The next half-open connection that is due.
    pub fn expire(&mut self, now: Instant) -> Option<Expired> {
        if now < self.next {
            return None;
        }
        while self.position < self.records.range().end {
            let index = self.position;
            self.position += 1;
            let Some(record) = self.records.get_mut(index) else {
                continue;
            };
            let is_due = record.due <= now;
            if is_due && record.retries == MAX_RETRIES {
                return Some(Expired::Remove(index, self.records.remove(index)?));
            }
            if is_due {
                record.retries += 1;
                record.due = now + INITIAL_TIMEOUT * (1 << record.retries);
            }
            let record = *record;
            self.earliest = self.earliest.min(record.due);
            if is_due {
                return Some(Expired::Retransmit(record));
            }
        }
        self.next = self.earliest.max(now + MIN_INTERVAL);
        self.position = 0;
        self.earliest = NEVER;
        None
    }

    /// When [`expire`](Self::expire) has to be called.
    pub fn next_deadline(&self) -> Option<Instant> {
        (self.records.len() > 0).then_some(self.next)
    }

    /// Removes some half-open connections; passes each to `forget`.
    pub fn remove_matching(
        &mut self,
        matches: impl Fn(&HalfOpen) -> bool,
        mut forget: impl FnMut(u32, &HalfOpen),
    ) {
        for index in self.records.range() {
            if self.records.get(index).is_some_and(&matches)
                && let Some(record) = self.remove(index)
            {
                forget(index, &record);
            }
        }
    }
}
