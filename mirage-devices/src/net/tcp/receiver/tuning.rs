//! The target size of the receive window.

use crate::{
    net::tcp::{compact_time::FineTime, nanos::Nanos},
    time::Instant,
};

/// The window of a connection that has carried nothing, in bytes: room for the ten segments that a peer
/// may send at first (RFC 6928). An idle connection holds this much of the pool.
pub const INITIAL_WINDOW: u32 = 16 * 1024;

/// Targets up to this one, in bytes, do not wait for the end of a round trip.
const EARLY_TARGET: u32 = 64 * 1024;

/// What the target has beyond twice what was read, in bytes.
const MARGIN: u32 = 16 * 1024;

/// Measures how much is read in a round trip (dynamic right-sizing, Fisk and Feng 2001).
#[derive(Debug, Clone, Copy)]
pub(super) struct Tuning {
    /// The window to advertise when there is no unread data.
    pub(super) target: u32,
    /// The largest target.
    limit: u32,
    /// Bytes read since the round began.
    read: u32,
    round: FineTime,
    /// Bytes received in order since then, and the time that a window took.
    received: u32,
    window_began: FineTime,
    /// In microseconds; 0 before the first one.
    window_time: u32,
}

impl Tuning {
    pub(super) fn new(window: u32, limit: u32, now: Instant) -> Self {
        Self {
            target: window.max(INITIAL_WINDOW).min(limit),
            limit,
            read: 0,
            round: FineTime::at(now),
            received: 0,
            window_began: FineTime::at(now),
            window_time: 0,
        }
    }

    /// Notes data received in order. A full window takes at least a round trip, which is the only
    /// estimate of the round-trip time that a pure receiver has.
    pub(super) fn on_received(&mut self, bytes: u32, now: Instant) {
        self.received = self.received.saturating_add(bytes);
        if self.received >= self.target {
            self.window_time = self.window_began.elapsed(now).as_micros();
            self.window_began = FineTime::at(now);
            self.received = 0;
        }
    }

    /// Notes that data was read. The target is twice what is read in a round trip, so that the sender
    /// can double.
    pub(super) fn on_read(&mut self, bytes: u32, now: Instant, smoothed: Option<Nanos>) {
        self.read = self.read.saturating_add(bytes);
        let elapsed = self.round.elapsed(now);
        if let Some(round) = self.round_trip(smoothed).filter(|round| *round <= elapsed) {
            self.end_round(round, elapsed);
            // If it was 73 minutes longer, little is added to what was read before.
            self.round = FineTime::at(now);
            // What was received at once may be the beginning of the next flight.
            self.read = bytes;
        }
        // By the end of the round trip a sender in slow start has doubled, and part of what it sent may have been
        // counted in the round before.
        self.raise(self.read.saturating_mul(3).min(EARLY_TARGET));
    }

    fn end_round(&mut self, round: Nanos, elapsed: Nanos) {
        let mut read = self.read;
        // After more than two round trips, the average of one of them.
        if elapsed > round * 2 {
            let (round, elapsed) = (round.as_micros(), elapsed.as_micros());
            read = (u64::from(read) * u64::from(round) / u64::from(elapsed.max(1))) as u32;
        }
        self.raise(read.saturating_mul(2).saturating_add(MARGIN));
    }

    fn raise(&mut self, target: u32) {
        self.target = self.target.max(target).min(self.limit);
    }

    /// Returns the round-trip time, or what is not less; `None` if nothing was measured.
    fn round_trip(&self, smoothed: Option<Nanos>) -> Option<Nanos> {
        let window = (self.window_time != 0).then(|| Nanos::from_micros(self.window_time));
        match (smoothed, window) {
            (Some(smoothed), Some(window)) => Some(smoothed.min(window)),
            (smoothed, window) => smoothed.or(window),
        }
    }
}
