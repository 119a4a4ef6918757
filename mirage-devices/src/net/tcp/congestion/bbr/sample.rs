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

    /// What a path may lose of what was in flight (BBR.LossThresh): 2 %.
    const fn threshold(&self) -> u32 {
        self.in_flight / 50
    }

    /// What was delivered, and what was lost of it up to [`threshold`](Self::threshold): the path has carried it.
    pub fn carried(&self) -> u32 {
        let lost = self.lost.min(self.threshold());
        self.delivered.saturating_add(lost)
    }

    /// The bandwidth, counted with [`carried`](Self::carried).
    pub fn carried_bandwidth(&self) -> u64 {
        let delivered = u128::from(self.delivered.max(1));
        let bandwidth = u128::from(self.bandwidth) * u128::from(self.carried()) / delivered;
        u64::try_from(bandwidth).unwrap_or(u64::MAX)
    }

    /// IsInflightTooHigh: more than the threshold was lost, by more than the standard deviation of the number of
    /// segments that a path loses at that rate. Of a small flight a single segment more would be high otherwise.
    pub fn has_high_loss(&self, mss: u32) -> bool {
        let excess = u64::from(self.lost.saturating_sub(self.threshold()));
        excess * excess > u64::from(self.threshold()) * u64::from(mss)
    }
}

fn saturated(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(delivered: u32, lost: u32) -> Sample {
        Sample {
            bandwidth: 1_000_000,
            delivered,
            prior_delivered: 0,
            in_flight: delivered + lost,
            lost,
            app_limited: false,
        }
    }

    #[test]
    fn losses_below_the_threshold_are_carried() {
        assert_eq!(sample(99_000, 1000).carried(), 100_000);
        assert_eq!(sample(99_000, 1000).carried_bandwidth(), 1_010_101);
        assert_eq!(sample(90_000, 10_000).carried(), 92_000);
        assert_eq!(sample(100_000, 0).carried_bandwidth(), 1_000_000);
        assert_eq!(sample(u32::MAX - 1, 1).carried(), u32::MAX);
    }

    /// Of 200 segments a path with losses of 2 % loses two to six most of the time, of 20,000 it loses 380 to 420.
    #[test]
    fn losses_are_high_beyond_chance() {
        let is_high =
            |sent: u32, lost: u32| sample((sent - lost) * 1000, lost * 1000).has_high_loss(1000);
        assert!(!is_high(200, 4) && !is_high(200, 6) && is_high(200, 7));
        assert!(!is_high(20_000, 420) && is_high(20_000, 421));
        assert!(!is_high(10, 0) && is_high(10, 1));
    }
}
