//! The congestion window, and what changes it.

use crate::{
    net::tcp::{delivery_rate::RateSample, seq::SeqNumber},
    time::Instant,
};
use alloc::boxed::Box;
use core::time::Duration;

/// The initial window in segments (RFC 6928).
const INITIAL_SEGMENTS: u32 = 10;

/// The congestion window and the slow start threshold, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// cwnd.
    pub cwnd: u32,
    /// ssthresh.
    pub ssthresh: u32,
    /// The size of a full segment.
    pub mss: u32,
}

impl Window {
    /// The initial window (RFC 6928).
    pub fn new(mss: u32) -> Self {
        Self {
            cwnd: Self::initial(mss),
            ssthresh: u32::MAX,
            mss,
        }
    }

    /// The initial window for a segment size: ten segments, or fewer that are large.
    pub fn initial(mss: u32) -> u32 {
        (INITIAL_SEGMENTS * mss).min((2 * mss).max(14_600))
    }

    /// Whether the window is in slow start.
    pub const fn is_slow_start(&self) -> bool {
        self.cwnd < self.ssthresh
    }

    /// Sets the threshold after a loss as Reno does (RFC 5681, section 3.1), when `in_flight` bytes were in flight.
    pub(super) fn halve(&mut self, in_flight: u32) {
        self.ssthresh = (in_flight / 2).max(2 * self.mss);
    }

    /// Grows in slow start by `bytes`, up to the threshold, and returns what is left of them.
    pub(super) fn slow_start(&mut self, bytes: u32) -> u32 {
        if !self.is_slow_start() {
            return bytes;
        }
        let grown = self.cwnd.saturating_add(bytes).min(self.ssthresh);
        let rest = bytes - (grown - self.cwnd);
        self.cwnd = grown;
        rest
    }
}

/// An acknowledgment of new data, as congestion control sees it.
#[derive(Debug, Clone, Copy)]
pub struct Ack {
    /// The time.
    pub now: Instant,
    /// Bytes delivered.
    pub delivered: u32,
    /// The round-trip time measured with it.
    pub rtt: Option<Duration>,
    /// The smoothed round-trip time.
    pub smoothed: Option<Duration>,
    /// SND.UNA after it.
    pub una: SeqNumber,
    /// SND.NXT.
    pub nxt: SeqNumber,
    /// The delivery rate.
    pub rate: Option<RateSample>,
    /// Bytes in flight after it.
    pub in_flight: u32,
    /// Whether the window limited the sender.
    pub is_cwnd_limited: bool,
    /// Whether losses are being repaired.
    pub is_recovering: bool,
}

/// An algorithm of congestion control. It keeps state of its own and changes the window.
pub trait Congestion {
    /// New data was acknowledged, outside of recovery, while the window was what limited the sender; or in any case,
    /// for an algorithm that [models the path](Self::models_path).
    fn on_ack(&mut self, window: &mut Window, ack: &Ack);

    /// Data was lost; `in_flight` bytes were in flight before. Sets the threshold, to which recovery
    /// reduces the window.
    fn on_loss(&mut self, window: &mut Window, now: Instant, in_flight: u32);

    /// The retransmission timer expired for the first time. Sets the threshold.
    fn on_timeout(&mut self, window: &mut Window, now: Instant, in_flight: u32) {
        self.on_loss(window, now, in_flight);
    }

    /// `bytes` were found to be lost.
    fn on_lost(&mut self, _bytes: u32) {}

    /// The repair of losses has ended.
    fn on_recovery_end(&mut self, _window: &mut Window) {}

    /// What was taken to be lost was late. An algorithm that does not model the path is replaced by its copy from
    /// before.
    fn on_spurious_loss(&mut self, _window: &mut Window) {}

    /// Nothing was sent for `idle`: time does not count for what grows with it.
    fn on_idle(&mut self, _idle: Duration) {}

    /// The rate at which data should leave, in bytes per second; `None` if the sender chooses it.
    fn pacing_rate(&self) -> Option<u64> {
        None
    }

    /// Whether it sets the window by a model of the path, of which every acknowledgment is a sample. Nothing else
    /// changes the window then: not a recovery, nor an idle time.
    fn models_path(&self) -> bool {
        false
    }

    /// Returns a copy, with which the state is restored if a loss was spurious; `None` if memory is exhausted.
    fn boxed(&self) -> Option<Box<dyn Congestion>>;
}
