//! The acknowledgments that are owed (RFC 9293, section 3.8.6.3; RFC 5681, section 4.2).

use crate::{
    net::tcp::{compact_time::FineTime, nanos::Nanos, seq::SeqNumber},
    time::Instant,
};

/// How long an acknowledgment may wait for data to be sent with it.
const DELAY: Nanos = Nanos::from_millis(40);

/// Segments after the opening that are acknowledged at once, while the peer is in slow start.
const QUICK: u8 = 16;

/// How soon an acknowledgment is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// None is owed.
    None,
    /// With the next data, or after a delay.
    Delayed,
    /// When all segments of the batch are processed.
    Now,
}

/// The acknowledgments that are owed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acks {
    pub(super) urgency: Urgency,
    /// Whether a delay has begun, and when.
    pub(super) is_delaying: bool,
    pub(super) since: FineTime,
    /// The last one sent (Last.ACK.sent).
    pub(super) last_sent: SeqNumber,
    /// Bytes received since.
    pub(super) pending: u32,
    /// Segments that are still acknowledged at once.
    pub(super) quick: u8,
}

impl Acks {
    pub(super) fn new(nxt: SeqNumber) -> Self {
        Self {
            urgency: Urgency::None,
            is_delaying: false,
            since: FineTime::at(Instant::BOOT),
            last_sent: nxt,
            pending: 0,
            quick: QUICK,
        }
    }

    /// The end of the delay that has begun.
    pub(super) fn deadline(&self, now: Instant) -> Instant {
        self.since.to_instant(now) + DELAY
    }

    pub(super) fn last_sent(&self) -> SeqNumber {
        self.last_sent
    }

    pub(super) fn owe(&mut self, urgency: Urgency) {
        self.urgency = self.urgency.max(urgency);
    }

    /// Data was received in order.
    #[inline]
    pub(super) fn on_data(&mut self, bytes: u32, mss: u32) {
        self.pending += bytes;
        if self.pending >= 2 * mss {
            self.owe(Urgency::Now);
        } else if self.quick > 0 && bytes >= mss {
            self.quick -= 1;
            self.owe(Urgency::Now);
        } else {
            self.owe(Urgency::Delayed);
        }
    }
}
