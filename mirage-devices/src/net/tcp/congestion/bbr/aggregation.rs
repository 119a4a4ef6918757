//! How much more comes in one burst of acknowledgments than the bandwidth explains (section 5.5.9).

use crate::time::Instant;

/// How many rounds a maximum counts: it is that of this many rounds and of as many before.
const ROUNDS: u8 = 5;

/// BBR.extra_acked.
#[derive(Debug, Clone, Copy)]
pub struct Aggregation {
    /// BBR.extra_acked_interval_start; `None` if it begins with the next acknowledgment.
    start: Option<Instant>,
    /// BBR.extra_acked_delivered.
    delivered: u64,
    last: u32,
    present: u32,
    rounds: u8,
}

impl Aggregation {
    pub const fn new() -> Self {
        Self {
            start: None,
            delivered: 0,
            last: 0,
            present: 0,
            rounds: 0,
        }
    }

    /// The interval begins with the next acknowledgment.
    pub const fn restart(&mut self) {
        self.start = None;
    }

    /// The largest excess of the last rounds.
    pub fn extra(&self) -> u32 {
        self.last.max(self.present)
    }

    /// BBRUpdateACKAggregation.
    pub fn update(
        &mut self,
        now: Instant,
        delivered: u32,
        bandwidth: u64,
        cwnd: u32,
        is_round_start: bool,
    ) {
        if is_round_start {
            self.rounds += 1;
            if self.rounds >= ROUNDS {
                self.rounds = 0;
                self.last = core::mem::take(&mut self.present);
            }
        }
        let start = *self.start.get_or_insert(now);
        let micros = now.saturating_duration_since(start).as_micros();
        let expected = u128::from(bandwidth) * micros / 1_000_000;
        let expected = u64::try_from(expected).unwrap_or(u64::MAX);
        let expected = if self.delivered <= expected {
            self.delivered = 0;
            self.start = Some(now);
            0
        } else {
            expected
        };
        self.delivered += u64::from(delivered);
        let extra = self.delivered.saturating_sub(expected);
        let extra = u32::try_from(extra).unwrap_or(u32::MAX).min(cwnd);
        self.present = self.present.max(extra);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    #[test]
    fn a_burst_beyond_the_bandwidth_is_kept_for_ten_rounds() {
        let mut aggregation = Aggregation::new();
        let mut now = Instant::BOOT;
        let mut update = |aggregation: &mut Aggregation, bytes, is_round_start| {
            now = now + Duration::from_millis(10);
            aggregation.update(now, bytes, 100_000, 1_000_000, is_round_start);
        };
        for _ in 0..10 {
            update(&mut aggregation, 1000, false);
        }
        assert!(aggregation.extra() <= 1000, "{}", aggregation.extra());
        update(&mut aggregation, 9000, false);
        let extra = aggregation.extra();
        assert!((8000..=10_000).contains(&extra), "{extra}");
        for _ in 0..5 {
            update(&mut aggregation, 0, true);
        }
        assert_eq!(aggregation.extra(), extra);
        for _ in 0..5 {
            update(&mut aggregation, 0, true);
        }
        assert!(aggregation.extra() < extra);
    }
}
