//! The round-trip time and the retransmission timeout (RFC 6298).

use super::{compact_time::CoarseTime, nanos::Nanos};
use crate::time::Instant;

/// The timeout before the first measurement (RFC 6298, section 2.1).
const INITIAL_RTO: Nanos = Nanos::from_secs(1);

/// The smallest timeout. According to RFC 6298 it SHOULD be one second; Linux, FreeBSD and Windows use 200
/// ms to 300 ms, as measured delays vary far less than in 1988.
pub const MIN_RTO: Nanos = Nanos::from_millis(200);

/// The largest timeout (RFC 6298, section 2.5).
pub const MAX_RTO: Nanos = Nanos::from_secs(60);

/// How many times the timeout doubles at most.
const MAX_BACKOFF: u8 = 9;

/// How long a minimum counts. The path may have changed since.
const MIN_RTT_WINDOW: Nanos = Nanos::from_secs(300);

/// Estimates the round-trip time. All times are in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct RttEstimator {
    /// SRTT; 0 before the first measurement.
    smoothed: u32,
    /// RTTVAR.
    variation: u32,
    /// The smallest measurement in the present window, and in the one before.
    min: u32,
    previous_min: u32,
    /// When the present window began.
    min_since: CoarseTime,
    /// How often the timer has expired since something new was acknowledged.
    backoff: u8,
}

impl Default for RttEstimator {
    fn default() -> Self {
        Self {
            smoothed: 0,
            variation: 0,
            min: 0,
            previous_min: 0,
            min_since: CoarseTime::at(Instant::BOOT),
            backoff: 0,
        }
    }
}

impl RttEstimator {
    /// Adds a measurement, made at `now`.
    #[inline(always)]
    pub fn add(&mut self, rtt: Nanos, now: Instant) {
        let rtt = rtt.as_micros().max(1);
        if self.smoothed == 0 {
            self.smoothed = rtt;
            self.variation = rtt / 2;
        } else {
            let error = self.smoothed.abs_diff(rtt);
            self.variation = self.variation - self.variation / 4 + error / 4;
            self.smoothed = (self.smoothed - self.smoothed / 8 + rtt / 8).max(1);
        }
        if self.min == 0 || self.min_since.elapsed(now) >= MIN_RTT_WINDOW {
            self.previous_min = if self.min == 0 { rtt } else { self.min };
            self.min = rtt;
            self.min_since = CoarseTime::at(now);
        }
        self.min = self.min.min(rtt);
    }

    /// Adds a measurement by an echoed timestamp, of data that was sent again. Its clock is too coarse to
    /// average, but it shows a round trip for which probes or timeouts come too early: without the
    /// measurement they would do so for ever (RFC 4015 adapts the timeout in the same way).
    pub fn add_echoed(&mut self, rtt: Nanos) {
        let probe_timeout = Nanos::from_micros(self.smoothed) * 2;
        if rtt > probe_timeout.min(self.base_timeout()) {
            let rtt = rtt.as_micros();
            self.smoothed = rtt;
            self.variation = self.variation.max(rtt / 2);
        }
    }

    /// SRTT, if there was a measurement.
    pub fn smoothed(&self) -> Option<Nanos> {
        (self.smoothed != 0).then(|| Nanos::from_micros(self.smoothed))
    }

    /// The smallest round-trip time of the last minutes, if there was a measurement.
    pub fn min(&self) -> Option<Nanos> {
        let min = self.min.min(self.previous_min);
        (self.smoothed != 0).then(|| Nanos::from_micros(min))
    }

    /// The timeout without backoff.
    pub fn base_timeout(&self) -> Nanos {
        match self.smoothed {
            0 => INITIAL_RTO,
            // With the clock's granularity of a millisecond (G).
            smoothed => {
                let micros = u64::from(smoothed) + (4 * u64::from(self.variation)).max(1000);
                Nanos(micros * 1000).clamp(MIN_RTO, MAX_RTO)
            }
        }
    }

    /// RTO: the timeout, doubled for each time that the timer has expired.
    pub fn timeout(&self) -> Nanos {
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

    const SECOND: Nanos = Nanos::from_secs(1);

    #[test]
    fn the_first_measurement_sets_the_timeout() {
        let mut rtt = RttEstimator::default();
        assert_eq!(rtt.timeout(), SECOND);
        rtt.add(SECOND, Instant::BOOT + SECOND);
        assert_eq!(rtt.timeout(), SECOND * 3);
    }

    #[test]
    fn the_timeout_has_a_floor_and_doubles_up_to_a_minute() {
        let mut rtt = RttEstimator::default();
        rtt.add(Nanos::from_micros(50), Instant::BOOT + SECOND);
        assert_eq!(rtt.timeout(), MIN_RTO);
        rtt.back_off();
        assert_eq!(rtt.timeout(), MIN_RTO * 2);
        for _ in 0..300 {
            rtt.back_off();
        }
        assert_eq!(rtt.timeout(), MAX_RTO);
        rtt.reset_backoff();
        assert_eq!(rtt.timeout(), MIN_RTO);
    }

    #[test]
    fn an_echo_shows_that_the_timeout_is_too_short() {
        let mut rtt = RttEstimator::default();
        rtt.add(Nanos::from_millis(100), Instant::BOOT + SECOND);
        let timeout = rtt.timeout();
        rtt.add_echoed(Nanos::from_millis(150));
        assert_eq!(
            (rtt.smoothed(), rtt.timeout()),
            (Some(Nanos::from_millis(100)), timeout)
        );
        rtt.add_echoed(Nanos::from_millis(400));
        assert_eq!(rtt.smoothed(), Some(Nanos::from_millis(400)));
        assert_eq!(rtt.timeout(), Nanos::from_millis(1200));
        assert_eq!(rtt.min(), Some(Nanos::from_millis(100)));
        rtt.add_echoed(MAX_RTO);
        assert_eq!(rtt.timeout(), MAX_RTO);
    }

    #[test]
    fn an_old_minimum_is_forgotten() {
        let mut rtt = RttEstimator::default();
        rtt.add(Nanos::from_millis(1), Instant::BOOT + SECOND);
        for minute in 1..11 {
            rtt.add(Nanos::from_millis(9), Instant::BOOT + SECOND * 300 * minute);
        }
        assert_eq!(rtt.min(), Some(Nanos::from_millis(9)));
    }
}
