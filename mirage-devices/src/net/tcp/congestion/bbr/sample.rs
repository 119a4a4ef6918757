//! What an acknowledgment says about the path.

use crate::net::tcp::delivery_rate::RateSample;

/// A rate sample (RS of the draft).
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// RS.delivery_rate, in bytes per second.
    pub bandwidth: u64,
    /// RS.delivered.
    pub delivered: u32,
    /// RS.prior_delivered: how much had been delivered when the data was sent.
    pub prior_delivered: u64,
    /// RS.tx_in_flight: what was in flight then. It has been delivered or lost since.
    pub in_flight: u32,
    /// RS.lost: what was lost since then.
    pub lost: u32,
    /// RS.is_app_limited.
    pub app_limited: bool,
}

impl Sample {
    /// Creates a sample when `delivered` bytes are delivered in all. `lost_since` returns what was lost since a
    /// number of bytes was delivered.
    pub fn new(rate: &RateSample, delivered: u64, lost_since: impl Fn(u64) -> u64) -> Self {
        let prior_delivered = delivered.saturating_sub(rate.delivered);
        let lost = saturated(lost_since(prior_delivered));
        let in_interval = saturated(rate.delivered);
        let micros = rate.interval.as_micros().max(1);
        let bandwidth = u128::from(rate.delivered) * 1_000_000 / micros;
        Self {
            bandwidth: u64::try_from(bandwidth).unwrap_or(u64::MAX),
            delivered: in_interval,
            prior_delivered,
            in_flight: in_interval.saturating_add(lost),
            lost,
            app_limited: rate.app_limited,
        }
    }

    /// IsInflightTooHigh: more than 2 % of what was in flight were lost (BBR.LossThresh).
    pub fn has_high_loss(&self) -> bool {
        u64::from(self.lost) * 50 > u64::from(self.in_flight)
    }
}

fn saturated(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
