//! Samples of the delivery rate (draft-ietf-ccwg-bbr, section 4.1): the rate at which the path delivers
//! data.

use super::{nanos::Nanos, seq::SeqNumber};
use crate::time::Instant;
use core::time::Duration;

/// The counters that are stored with data when it is sent, as far as they are not those of the time at
/// which nothing was in flight.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot {
    /// Bytes delivered until then.
    delivered: u32,
    /// The time since the last delivery, in microseconds.
    since_delivery: u32,
    /// For how long data had been sent, in microseconds. The lowest bit is whether the application limited
    /// the rate.
    sending_for: u32,
}

impl Snapshot {
    /// Of data that is sent while nothing is in flight, because there was none to send before.
    pub const IDLE: Self = Self {
        delivered: 0,
        since_delivery: 0,
        sending_for: APP_LIMITED,
    };
}

/// The bit of [`Snapshot::sending_for`].
const APP_LIMITED: u32 = 1;

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

/// Counts the delivered data of a flight.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryRate {
    delivered: u32,
    delivered_at: Instant,
    first_sent_at: Instant,
    /// The value of `delivered` up to which samples are limited by the application.
    app_limited: Option<u32>,
}

impl DeliveryRate {
    /// Starts counting when `in_flight` bytes are in flight, all of which were sent at `sent_at`, with
    /// [`Snapshot::IDLE`].
    pub const fn new(sent_at: Instant, in_flight: u32) -> Self {
        Self {
            delivered: 0,
            delivered_at: sent_at,
            first_sent_at: sent_at,
            app_limited: Some(in_flight),
        }
    }

    /// Returns the counters to store with data that is sent at `now`, while `in_flight` bytes are in
    /// flight.
    pub fn snapshot(&mut self, now: Instant, in_flight: u32) -> Snapshot {
        if in_flight == 0 {
            self.first_sent_at = now;
            self.delivered_at = now;
        }
        let sending_for = Nanos::between(self.first_sent_at, now).as_micros();
        Snapshot {
            delivered: self.delivered,
            since_delivery: Nanos::between(self.delivered_at, now).as_micros(),
            sending_for: sending_for & !APP_LIMITED | u32::from(self.app_limited.is_some()),
        }
    }

    /// Notes that there was no more data to send while `in_flight` bytes were in flight.
    pub fn set_app_limited(&mut self, in_flight: u32) {
        self.app_limited = Some(self.delivered.wrapping_add(in_flight));
    }

    /// An acknowledgment at `now` delivered `bytes`, the newest of which were sent at `sent_at`.
    pub fn on_delivered(&mut self, now: Instant, bytes: u32, sent_at: Instant) {
        self.delivered = self.delivered.wrapping_add(bytes);
        self.delivered_at = now;
        let delivered = SeqNumber(self.delivered);
        if self
            .app_limited
            .is_some_and(|limit| delivered.is_after(SeqNumber(limit)))
        {
            self.app_limited = None;
        }
        self.first_sent_at = sent_at;
    }

    /// Returns the delivery rate, after [`on_delivered`](Self::on_delivered), of data that was sent at
    /// `sent_at` with `snapshot`.
    pub fn sample(
        &self,
        snapshot: &Snapshot,
        sent_at: Instant,
        min_rtt: Option<Nanos>,
    ) -> Option<RateSample> {
        let sent = Nanos::from_micros(snapshot.sending_for & !APP_LIMITED);
        let acknowledged = Nanos::between(sent_at, self.delivered_at)
            + Nanos::from_micros(snapshot.since_delivery);
        let interval = sent.max(acknowledged);
        // Shorter than the smallest round-trip time: acknowledgments were compressed, or it was a
        // retransmission.
        if interval == Nanos::ZERO || min_rtt.is_some_and(|min| interval < min) {
            return None;
        }
        Some(RateSample {
            delivered: self.delivered.wrapping_sub(snapshot.delivered).into(),
            interval: interval.into(),
            app_limited: snapshot.sending_for & APP_LIMITED != 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u32) -> Instant {
        Instant::BOOT + Duration::from_millis(millis.into())
    }

    #[test]
    fn the_rate_is_that_of_the_path() {
        // Ten segments are sent at once, and delivered one each millisecond after ten. The counters have
        // just begun to wrap.
        let mut rate = DeliveryRate {
            delivered: u32::MAX - 2000,
            ..DeliveryRate::new(at(100), 0)
        };
        rate.app_limited = None;
        let snapshot = rate.snapshot(at(100), 0);
        for millis in 0..10 {
            rate.on_delivered(at(110 + millis), 1000, at(100));
            let sample = rate
                .sample(&snapshot, at(100), None)
                .expect("time has passed");
            assert_eq!(sample.delivered, u64::from(1000 * (millis + 1)));
            assert_eq!(sample.interval, Duration::from_millis((10 + millis).into()));
            assert!(!sample.app_limited);
        }
    }

    /// Data that is sent slower than it is acknowledged is sampled at the rate at which it is sent.
    #[test]
    fn the_rate_is_not_above_that_of_sending() {
        let mut rate = DeliveryRate::new(at(100), 1000);
        rate.on_delivered(at(110), 1000, at(100));
        let snapshot = rate.snapshot(at(140), 1000);
        rate.on_delivered(at(150), 1000, at(140));
        let sample = rate
            .sample(&snapshot, at(140), None)
            .expect("time has passed");
        assert_eq!(
            (sample.delivered, sample.interval),
            (1000, Duration::from_millis(40))
        );
    }

    #[test]
    fn samples_are_limited_by_the_application_until_its_data_is_delivered() {
        let mut rate = DeliveryRate::new(at(1), 1000);
        let is_limited = |rate: &DeliveryRate, snapshot, sent_at| {
            let sample = rate.sample(snapshot, sent_at, None);
            sample.expect("time has passed").app_limited
        };
        rate.on_delivered(at(2), 500, at(1));
        assert!(is_limited(&rate, &Snapshot::IDLE, at(1)));
        rate.on_delivered(at(3), 1000, at(2));
        let snapshot = rate.snapshot(at(3), 0);
        rate.on_delivered(at(4), 1000, at(3));
        assert!(!is_limited(&rate, &snapshot, at(3)));
        rate.set_app_limited(0);
        let snapshot = rate.snapshot(at(4), 0);
        rate.on_delivered(at(5), 1000, at(4));
        assert!(is_limited(&rate, &snapshot, at(4)));
    }
}
