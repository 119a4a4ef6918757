//! HyStart++ (RFC 9406): leaves slow start when the round-trip time grows, before data is lost.

use super::window::{Ack, Window};
use crate::net::tcp::seq::SeqNumber;
use core::time::Duration;

const MIN_RTT_THRESHOLD: Duration = Duration::from_millis(4);
const MAX_RTT_THRESHOLD: Duration = Duration::from_millis(16);
const MIN_RTT_DIVISOR: u32 = 8;
/// Samples of a round before its minimum counts (N_RTT_SAMPLE).
const SAMPLES: u8 = 8;
const CSS_GROWTH_DIVISOR: u32 = 4;
const CSS_ROUNDS: u8 = 5;

/// The state of HyStart++. Round-trip times are in microseconds; `u32::MAX` is none.
#[derive(Debug, Clone, Copy)]
pub struct HyStart {
    /// The round ends when this is acknowledged; `None` before the first round.
    round_end: Option<SeqNumber>,
    last_round_min: u32,
    round_min: u32,
    samples: u8,
    /// Rounds in conservative slow start; 0 outside of it.
    css_rounds: u8,
    /// The round-trip time when conservative slow start began.
    css_baseline: u32,
}

impl HyStart {
    pub const fn new() -> Self {
        Self {
            round_end: None,
            last_round_min: u32::MAX,
            round_min: u32::MAX,
            samples: 0,
            css_rounds: 0,
            css_baseline: u32::MAX,
        }
    }

    /// By how many bytes the window may grow in slow start for an acknowledgment. Sets the threshold
    /// when slow start is over.
    pub fn growth(&mut self, window: &mut Window, ack: &Ack) -> u32 {
        if self.round_end.is_none_or(|end| !ack.una.is_before(end)) {
            self.begin_round(ack.nxt);
            if self.css_rounds > 0 {
                self.css_rounds += 1;
                if self.css_rounds > CSS_ROUNDS {
                    window.ssthresh = window.cwnd;
                    return ack.delivered;
                }
            }
        }
        if let Some(rtt) = ack.rtt {
            self.round_min = self.round_min.min(rtt.as_micros() as u32);
            self.samples = self.samples.saturating_add(1);
        }
        if self.samples >= SAMPLES && self.round_min != u32::MAX && self.last_round_min != u32::MAX
        {
            let threshold = Duration::from_micros((self.last_round_min / MIN_RTT_DIVISOR).into())
                .clamp(MIN_RTT_THRESHOLD, MAX_RTT_THRESHOLD);
            let threshold = threshold.as_micros() as u32;
            if self.css_rounds == 0 {
                if self.round_min >= self.last_round_min.saturating_add(threshold) {
                    self.css_baseline = self.round_min;
                    self.css_rounds = 1;
                }
            } else if self.round_min < self.css_baseline {
                // The increase of the round-trip time was spurious.
                self.css_rounds = 0;
                self.css_baseline = u32::MAX;
            }
        }
        if self.css_rounds > 0 {
            ack.delivered / CSS_GROWTH_DIVISOR
        } else {
            ack.delivered
        }
    }

    fn begin_round(&mut self, nxt: SeqNumber) {
        self.round_end = Some(nxt);
        self.last_round_min = self.round_min;
        self.round_min = u32::MAX;
        self.samples = 0;
    }
}
