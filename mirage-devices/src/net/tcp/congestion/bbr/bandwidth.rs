//! The path's bandwidth (section 5.5.5), and whether sending faster finds more of it (section 5.3.1.2).

use super::sample::Sample;

/// BBR.max_bw: the largest bandwidth of the present and of the last cycle of probing.
#[derive(Debug, Clone, Copy)]
pub struct MaxBandwidth {
    last: u64,
    present: u64,
}

impl MaxBandwidth {
    pub const fn new() -> Self {
        Self {
            last: 0,
            present: 0,
        }
    }

    pub fn get(&self) -> u64 {
        self.last.max(self.present)
    }

    /// BBRUpdateMaxBw. What the application limited says only that there is at least as much.
    pub fn update(&mut self, sample: &Sample) {
        if sample.bandwidth >= self.get() || !sample.app_limited {
            self.present = self.present.max(sample.bandwidth);
        }
    }

    /// BBRAdvanceMaxBwFilter: a cycle ends.
    pub fn advance(&mut self) {
        if self.present > 0 {
            self.last = core::mem::take(&mut self.present);
        }
    }
}

/// Rounds in which the bandwidth does not grow by a quarter before it counts as full.
const ROUNDS: u8 = 3;

/// Whether the bandwidth is full: BBR.full_bw, full_bw_count, full_bw_now and full_bw_reached.
#[derive(Debug, Clone, Copy)]
pub struct FullBandwidth {
    bandwidth: u64,
    rounds: u8,
    is_full: bool,
    is_reached: bool,
}

impl FullBandwidth {
    pub const fn new() -> Self {
        Self {
            bandwidth: 0,
            rounds: 0,
            is_full: false,
            is_reached: false,
        }
    }

    /// BBRResetFullBW.
    pub const fn reset(&mut self) {
        self.bandwidth = 0;
        self.rounds = 0;
        self.is_full = false;
    }

    /// Waits for bandwidths above this one.
    pub const fn restart_at(&mut self, bandwidth: u64) {
        self.reset();
        self.bandwidth = bandwidth;
    }

    /// BBRCheckFullBWReached.
    pub const fn check(&mut self, sample: &Sample, is_round_start: bool) {
        if self.is_full || !is_round_start || sample.app_limited {
            return;
        }
        if sample.bandwidth >= self.bandwidth.saturating_add(self.bandwidth / 4) {
            self.restart_at(sample.bandwidth);
            return;
        }
        self.rounds += 1;
        self.is_full = self.rounds >= ROUNDS;
        self.is_reached |= self.is_full;
    }

    /// Whether faster sending has found no more for some rounds.
    pub const fn is_full(&self) -> bool {
        self.is_full
    }

    /// Whether that was ever the case.
    pub const fn is_reached(&self) -> bool {
        self.is_reached
    }

    /// The loss was too high to go on.
    pub const fn set_reached(&mut self) {
        self.is_reached = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(bandwidth: u64, app_limited: bool) -> Sample {
        Sample {
            bandwidth,
            delivered: 0,
            prior_delivered: 0,
            in_flight: 0,
            lost: 0,
            app_limited,
        }
    }

    #[test]
    fn the_maximum_is_that_of_two_cycles() {
        let mut filter = MaxBandwidth::new();
        filter.update(&sample(100, false));
        filter.update(&sample(50, true));
        assert_eq!(filter.get(), 100);
        filter.advance();
        filter.update(&sample(70, false));
        assert_eq!(filter.get(), 100);
        filter.advance();
        assert_eq!(filter.get(), 70);
        // A cycle without a sample does not end.
        filter.advance();
        filter.advance();
        assert_eq!(filter.get(), 70);
        // What the application limits counts only if it is more.
        filter.update(&sample(90, true));
        assert_eq!(filter.get(), 90);
    }

    #[test]
    fn the_bandwidth_is_full_after_three_rounds_without_a_quarter_more() {
        let mut full = FullBandwidth::new();
        for bandwidth in [100, 125, 130, 140] {
            full.check(&sample(bandwidth, false), true);
            full.check(&sample(bandwidth, false), false);
            full.check(&sample(bandwidth, true), true);
            assert!(!full.is_full(), "{bandwidth}");
        }
        full.check(&sample(155, false), true);
        assert!(full.is_full() && full.is_reached());
        full.reset();
        assert!(!full.is_full() && full.is_reached());
    }
}
