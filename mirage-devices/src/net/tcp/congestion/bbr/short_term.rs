//! The short-term model: what was delivered in the last round, and the bounds that losses in it set (section 5.5.10).

use super::{
    bounds::{BETA, without_margin},
    sample::Sample,
};

/// The latest signals and the bounds.
#[derive(Debug, Clone, Copy)]
pub struct ShortTerm {
    /// BBR.bw_latest and BBR.inflight_latest.
    latest_bandwidth: u64,
    latest_inflight: u32,
    /// BBR.loss_round_delivered and BBR.loss_round_start.
    round_end: u64,
    is_round_start: bool,
    /// BBR.bw_shortterm, infinite at first.
    bandwidth: u64,
    /// BBR.inflight_shortterm, infinite at first.
    inflight: u32,
}

impl ShortTerm {
    pub const fn new() -> Self {
        Self {
            latest_bandwidth: 0,
            latest_inflight: 0,
            round_end: 0,
            is_round_start: false,
            bandwidth: u64::MAX,
            inflight: u32::MAX,
        }
    }

    pub const fn bandwidth(&self) -> u64 {
        self.bandwidth
    }

    pub const fn inflight(&self) -> u32 {
        self.inflight
    }

    /// What was delivered in the last round.
    pub const fn latest_inflight(&self) -> u32 {
        self.latest_inflight
    }

    /// Whether the acknowledgment that is processed begins a round in which losses are counted.
    pub const fn is_round_start(&self) -> bool {
        self.is_round_start
    }

    /// BBRUpdateLatestDeliverySignals, when `delivered` bytes are delivered in all.
    pub fn update_latest(&mut self, sample: &Sample, delivered: u64) {
        self.latest_bandwidth = self.latest_bandwidth.max(sample.carried_bandwidth());
        self.latest_inflight = self.latest_inflight.max(sample.carried());
        self.is_round_start = sample.prior_delivered >= self.round_end;
        if self.is_round_start {
            self.round_end = delivered;
        }
    }

    /// BBRAdvanceLatestDeliverySignals.
    pub fn advance_latest(&mut self, sample: &Sample) {
        if self.is_round_start {
            self.latest_bandwidth = sample.carried_bandwidth();
            self.latest_inflight = sample.carried();
        }
    }

    /// BBRResetCongestionSignals.
    pub const fn reset_latest(&mut self) {
        self.latest_bandwidth = 0;
        self.latest_inflight = 0;
    }

    /// BBRInitLowerBounds and BBRLossLowerBounds: the bounds shrink, not below what the path has carried. The bandwidth
    /// is that of sending, which is below that of the model by a margin: bounds would shrink by it in each round.
    pub fn reduce(&mut self, max_bandwidth: u64, cwnd: u32) {
        let bandwidth = self.bandwidth.min(max_bandwidth);
        let reduced = u128::from(bandwidth) * u128::from(BETA) / 100;
        let latest = without_margin(self.latest_bandwidth);
        self.bandwidth = latest.max(reduced as u64);
        let inflight = match self.inflight {
            u32::MAX => cwnd,
            inflight => inflight,
        };
        let reduced = u64::from(inflight) * BETA / 100;
        self.inflight = self.latest_inflight.max(reduced as u32);
    }

    /// BBRResetShortTermModel.
    pub const fn reset(&mut self) {
        self.bandwidth = u64::MAX;
        self.inflight = u32::MAX;
    }

    /// Returns to earlier bounds that are higher.
    pub fn raise(&mut self, earlier: &Self) {
        self.bandwidth = self.bandwidth.max(earlier.bandwidth);
        self.inflight = self.inflight.max(earlier.inflight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_reduces_the_bounds_to_what_is_delivered() {
        let mut model = ShortTerm::new();
        let sample = |bandwidth, delivered| Sample {
            bandwidth,
            delivered,
            prior_delivered: 0,
            in_flight: 0,
            lost: 0,
            app_limited: false,
        };
        model.update_latest(&sample(90, 900), 1000);
        assert!(model.is_round_start());
        model.reduce(100, 2000);
        assert_eq!((model.bandwidth(), model.inflight()), (90, 1400));
        // Within the round the latest signals are maxima; the next one begins when what was sent since is delivered.
        model.update_latest(&sample(10, 100), 1000);
        assert!(!model.is_round_start());
        model.reset_latest();
        let earlier = model;
        model.reduce(100, 2000);
        assert_eq!((model.bandwidth(), model.inflight()), (63, 980));
        model.raise(&earlier);
        assert_eq!((model.bandwidth(), model.inflight()), (90, 1400));
        model.reset();
        assert_eq!((model.bandwidth(), model.inflight()), (u64::MAX, u32::MAX));
    }
}
