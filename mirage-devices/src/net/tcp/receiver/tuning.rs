//! The target size of the receive window.

use crate::{
    net::tcp::{compact_time::FineTime, nanos::Nanos},
    time::Instant,
};

/// The target before anything was measured.
const INITIAL_TARGET: u32 = 64 * 1024;

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
            target: window.max(INITIAL_TARGET).min(limit),
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
        let window = Nanos::from_micros(self.window_time);
        let round = match smoothed {
            Some(smoothed) if window == Nanos::ZERO => smoothed,
            Some(smoothed) => smoothed.min(window),
            None => window,
        };
        // If it was 73 minutes longer, little is added to what was read before.
        let elapsed = self.round.elapsed(now);
        if elapsed < round {
            return;
        }
        // After more than two round trips, the average of one of them.
        let read = if elapsed > round * 2 && round != Nanos::ZERO {
            let (round, elapsed) = (round.as_micros(), elapsed.as_micros());
            (u64::from(self.read) * u64::from(round) / u64::from(elapsed.max(1))) as u32
        } else {
            self.read
        };
        let wanted = read.saturating_mul(2).saturating_add(INITIAL_TARGET / 4);
        self.target = self.target.max(wanted).min(self.limit);
        self.read = 0;
        self.round = FineTime::at(now);
    }
}
