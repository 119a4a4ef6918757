//! The round-trip time and the retransmission timeout (RFC 6298).

use crate::time::Instant;
use core::time::Duration;

/// The timeout before the first measurement (RFC 6298, section 2.1).
const INITIAL_RTO: Duration = Duration::from_secs(1);

/// The smallest timeout. According to RFC 6298 it SHOULD be one second; Linux, FreeBSD and Windows use 200
/// ms to 300 ms, as measured delays vary far less than in 1988.
pub const MIN_RTO: Duration = Duration::from_millis(200);

/// The largest timeout (RFC 6298, section 2.5).
pub const MAX_RTO: Duration = Duration::from_secs(60);

/// How many times the timeout doubles at most.
const MAX_BACKOFF: u8 = 9;

/// How long a minimum counts. The path may have changed since.
const MIN_RTT_WINDOW: Duration = Duration::from_secs(300);

/// Estimates the round-trip time. All times are in microseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct RttEstimator {
    /// SRTT; 0 before the first measurement.
    smoothed: u32,
    /// RTTVAR.
    variation: u32,
    /// The smallest measurement in the present window, and in the one before.
    min: u32,
    previous_min: u32,
    /// The second in which the present window began.
    min_since: u32,
    /// How often the timer has expired since something new was acknowledged.
    backoff: u8,
}

fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}

impl RttEstimator {
    /// Adds a measurement, made at `now`.
    pub fn add(&mut self, rtt: Duration, now: Instant) {
        let rtt = micros(rtt).max(1);
        if self.smoothed == 0 {
            self.smoothed = rtt;
            self.variation = rtt / 2;
        } else {
            let error = self.smoothed.abs_diff(rtt);
            self.variation = self.variation - self.variation / 4 + error / 4;
            self.smoothed = (self.smoothed - self.smoothed / 8 + rtt / 8).max(1);
        }
        let second = (now.as_nanos() / 1_000_000_000) as u32;
        if self.min == 0 || second.wrapping_sub(self.min_since) >= MIN_RTT_WINDOW.as_secs() as u32 {
            self.previous_min = if self.min == 0 { rtt } else { self.min };
            self.min = rtt;
            self.min_since = second;
        }
        self.min = self.min.min(rtt);
    }

    /// SRTT, if there was a measurement.
    pub fn smoothed(&self) -> Option<Duration> {
        (self.smoothed != 0).then(|| Duration::from_micros(self.smoothed.into()))
    }

    /// The smallest round-trip time of the last minutes, if there was a measurement.
    pub fn min(&self) -> Option<Duration> {
        let min = self.min.min(self.previous_min);
        (self.smoothed != 0).then(|| Duration::from_micros(min.into()))
    }

    /// The timeout without backoff.
    pub fn base_timeout(&self) -> Duration {
        match self.smoothed {
            0 => INITIAL_RTO,
            // With the clock's granularity of a millisecond (G).
            smoothed => {
                let micros = u64::from(smoothed) + (4 * u64::from(self.variation)).max(1000);
                Duration::from_micros(micros).clamp(MIN_RTO, MAX_RTO)
            }
        }
    }

    /// RTO: the timeout, doubled for each time that the timer has expired.
    pub fn timeout(&self) -> Duration {
        (self.base_timeout() * (1 << self.backoff.min(MAX_BACKOFF))).min(MAX_RTO)
    }

    /// The timer has expired.
    pub fn back_off(&mut self) {
        self.backoff = self.backoff.saturating_add(1);
    }

    /// How often the timer has expired since something new was acknowledged.
    pub fn backoff(&self) -> u8 {
        self.backoff
    }

    /// Something new was acknowledged that was sent once, so that the timeout is known to be right
    /// (RFC 6298, section 5.7).
    pub fn reset_backoff(&mut self) {
        self.backoff = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_first_measurement_sets_the_timeout() {
        let mut rtt = RttEstimator::default();
        assert_eq!(rtt.timeout(), SECOND);
        rtt.add(SECOND, Instant::BOOT + SECOND);
        assert_eq!(rtt.timeout(), 3 * SECOND);
    }

    #[test]
    fn the_timeout_has_a_floor_and_doubles_up_to_a_minute() {
        let mut rtt = RttEstimator::default();
        rtt.add(Duration::from_micros(50), Instant::BOOT + SECOND);
        assert_eq!(rtt.timeout(), MIN_RTO);
        rtt.back_off();
        assert_eq!(rtt.timeout(), 2 * MIN_RTO);
        for _ in 0..300 {
            rtt.back_off();
        }
        assert_eq!(rtt.timeout(), MAX_RTO);
        rtt.reset_backoff();
        assert_eq!(rtt.timeout(), MIN_RTO);
    }

    #[test]
    fn an_old_minimum_is_forgotten() {
        let mut rtt = RttEstimator::default();
        rtt.add(Duration::from_millis(1), Instant::BOOT + SECOND);
        for minute in 1..11 {
            rtt.add(
                Duration::from_millis(9),
                Instant::BOOT + 300 * SECOND * minute,
            );
        }
        assert_eq!(rtt.min(), Some(Duration::from_millis(9)));
    }
}
