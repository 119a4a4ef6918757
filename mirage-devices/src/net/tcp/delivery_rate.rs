//! Samples of the delivery rate (draft-ietf-ccwg-bbr, section 4.1): the rate at which the path delivers
//! data.

use super::nanos::Nanos;
use crate::time::Instant;
use core::time::Duration;

/// The counters that are stored with data when it is sent.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot {
    /// Bytes delivered until then.
    pub delivered: u64,
    delivered_at: Instant,
    first_sent_at: Instant,
    app_limited: bool,
}

/// The delivery rate of the data of one acknowledgment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateSample {
    /// Bytes that were delivered in the interval.
    pub delivered: u64,
    /// The longer one of the intervals in which they were sent and acknowledged.
    pub interval: Duration,
    /// Whether the application, not the path, limited the rate.
    pub app_limited: bool,
}

/// Counts the delivered data of a connection.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryRate {
    delivered: u64,
    delivered_at: Instant,
    first_sent_at: Instant,
    /// The value of `delivered` up to which samples are limited by the application; 0 if they are not.
    app_limited: u64,
}

impl DeliveryRate {
    /// Starts counting.
    pub const fn new() -> Self {
        Self {
            delivered: 0,
            delivered_at: Instant::BOOT,
            first_sent_at: Instant::BOOT,
            app_limited: 0,
        }
    }

    /// Returns the counters to store with data that is sent at `now`, while `in_flight` bytes are in
    /// flight.
    pub fn snapshot(&mut self, now: Instant, in_flight: u32) -> Snapshot {
        if in_flight == 0 {
            self.first_sent_at = now;
            self.delivered_at = now;
        }
        Snapshot {
            delivered: self.delivered,
            delivered_at: self.delivered_at,
            first_sent_at: self.first_sent_at,
            app_limited: self.app_limited != 0,
        }
    }

    /// Notes that there was no more data to send while `in_flight` bytes were in flight.
    pub fn set_app_limited(&mut self, in_flight: u32) {
        self.app_limited = (self.delivered + u64::from(in_flight)).max(1);
    }

    /// An acknowledgment at `now` delivered `bytes`, the newest of which were sent at `sent_at`.
    pub fn on_delivered(&mut self, now: Instant, bytes: u32, sent_at: Instant) {
        self.delivered += u64::from(bytes);
        self.delivered_at = now;
        if self.app_limited != 0 && self.delivered > self.app_limited {
            self.app_limited = 0;
        }
        self.first_sent_at = sent_at;
    }

    /// Returns the delivery rate, after [`on_delivered`](Self::on_delivered), of data that was sent with
    /// `snapshot`.
    pub fn sample(&self, snapshot: &Snapshot, min_rtt: Option<Nanos>) -> Option<RateSample> {
        let sent = Nanos::between(snapshot.first_sent_at, self.first_sent_at);
        let acknowledged = Nanos::between(snapshot.delivered_at, self.delivered_at);
        let interval = sent.max(acknowledged);
        // Shorter than the smallest round-trip time: acknowledgments were compressed, or it was a
        // retransmission.
        if interval == Nanos::ZERO || min_rtt.is_some_and(|min| interval < min) {
            return None;
        }
        Some(RateSample {
            delivered: self.delivered - snapshot.delivered,
            interval: interval.into(),
            app_limited: snapshot.app_limited,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_path() {
        let mut rate = DeliveryRate::new();
        let at = |millis| Instant::BOOT + Duration::from_millis(millis);
        // Ten segments are sent at once, and delivered one each millisecond after ten.
        let snapshot = rate.snapshot(at(100), 0);
        for millis in 0..10 {
            rate.on_delivered(at(110 + millis), 1000, at(100));
            let sample = rate.sample(&snapshot, None).expect("time has passed");
            assert_eq!(sample.delivered, 1000 * (millis + 1));
            assert_eq!(sample.interval, Duration::from_millis(10 + millis));
            assert!(!sample.app_limited);
        }
    }

    #[test]
    fn samples_are_limited_by_the_application_until_its_data_is_delivered() {
        let mut rate = DeliveryRate::new();
        let at = |millis| Instant::BOOT + Duration::from_millis(millis);
        rate.set_app_limited(1000);
        let snapshot = rate.snapshot(at(1), 0);
        rate.on_delivered(at(2), 1000, at(1));
        let sample = rate.sample(&snapshot, None);
        assert!(sample.is_some_and(|sample| sample.app_limited));
        rate.snapshot(at(2), 1000);
        rate.on_delivered(at(3), 1000, at(2));
        let snapshot = rate.snapshot(at(3), 0);
        rate.on_delivered(at(4), 1000, at(3));
        let sample = rate.sample(&snapshot, None);
        assert!(sample.is_some_and(|sample| !sample.app_limited));
    }
}
