//! A limit on how often a peer is answered: a token bucket for each source.
//!
//! Sources share a fixed number of buckets by a secret hash, so the memory is constant and the total
//! rate is bounded. A limit for all sources together would let an attacker measure how much of it
//! others use (CVE-2016-5696, CVE-2020-25705). For the same reason the burst is not exact:
//! whenever a bucket is full, it loses up to three tokens at random.

use super::ip::Address;
use crate::{random::Random, time::Instant};
use core::time::Duration;
use rand_core::Rng;

/// How many buckets the sources share.
const BUCKETS: usize = 64;

/// By how much a burst may be shorter than its limit.
const JITTER: u16 = 4;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// When the tokens were last replenished.
    replenished: Instant,
    tokens: u16,
}

/// Limits how often each source is answered.
#[derive(Debug)]
pub struct RateLimit {
    buckets: [Bucket; BUCKETS],
    interval: Duration,
    burst: u16,
    secret: [u64; 2],
    random: Random,
}

impl RateLimit {
    /// Allows a burst of about `burst` answers to each source, and one more after each `interval`.
    pub fn new(interval: Duration, burst: u16, mut random: Random) -> Self {
        let full = Bucket {
            replenished: Instant::BOOT,
            tokens: burst,
        };
        Self {
            buckets: [full; BUCKETS],
            interval,
            burst,
            secret: [random.next_u64() | 1, random.next_u64()],
            random,
        }
    }

    /// Returns whether `source` may be answered now, and counts that as an answer.
    pub fn allow(&mut self, now: Instant, source: Address) -> bool {
        let bucket = &mut self.buckets[bucket(self.secret, source)];
        let elapsed = now.saturating_duration_since(bucket.replenished);
        if elapsed >= self.interval {
            let earned = elapsed.as_nanos() / self.interval.as_nanos();
            let tokens = u128::from(bucket.tokens) + earned;
            if tokens >= u128::from(self.burst) {
                let jitter = self.random.next_u32() as u16 % JITTER.min(self.burst.max(1));
                bucket.tokens = self.burst - jitter;
                bucket.replenished = now;
            } else {
                bucket.tokens = tokens as u16;
                // Fewer than `burst` intervals: it fits.
                bucket.replenished = bucket.replenished + self.interval * earned as u32;
            }
        }
        let allowed = bucket.tokens > 0;
        bucket.tokens -= u16::from(allowed);
        allowed
    }
}

/// A multiplicative hash: the attacker does not see its output, only shared limits.
fn bucket(secret: [u64; 2], source: Address) -> usize {
    let bytes = u128::from_ne_bytes(*source.as_bytes());
    let (low, high) = (bytes as u64, (bytes >> 64) as u64);
    let product = u128::from(low ^ secret[1]) * u128::from(high ^ secret[0]);
    let mixed = (product as u64 ^ (product >> 64) as u64).wrapping_mul(secret[0]);
    (mixed >> (64 - BUCKETS.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::net::Ipv4Addr;

    const SECOND: u64 = 1_000_000_000;

    fn limit() -> RateLimit {
        RateLimit::new(Duration::from_millis(100), 20, Random::from_seed([3; 32]))
    }

    fn source(host: u8) -> Address {
        Ipv4Addr::new(192, 0, 2, host).into()
    }

    fn allowed(limit: &mut RateLimit, seconds: u64, source: Address) -> usize {
        let now = Instant::from_nanos(seconds * SECOND);
        (0..100).filter(|_| limit.allow(now, source)).count()
    }

    #[test]
    fn a_source_has_a_burst_and_then_a_rate() {
        let mut limit = limit();
        assert!((17..=20).contains(&allowed(&mut limit, 10, source(1))));
        assert_eq!(allowed(&mut limit, 10, source(1)), 0);
        assert_eq!(allowed(&mut limit, 11, source(1)), 10);
        assert!((17..=20).contains(&allowed(&mut limit, 99, source(1))));
    }

    #[test]
    fn a_source_is_not_limited_by_another() {
        let mut limit = limit();
        allowed(&mut limit, 10, source(1));
        let others = (2..=60).filter(|host| allowed(&mut limit, 10, source(*host)) > 0);
        assert!(others.count() > 30);
    }

    #[test]
    fn all_sources_together_are_limited() {
        let mut limit = limit();
        let total: usize = (0..=u8::MAX)
            .map(|host| allowed(&mut limit, 10, source(host)))
            .sum();
        assert!(total <= 20 * BUCKETS, "{total}");
    }

    #[test]
    fn the_length_of_a_burst_cannot_be_predicted() {
        let mut limit = limit();
        let lengths: std::collections::BTreeSet<_> = (1..50)
            .map(|round| allowed(&mut limit, round * 10, source(1)))
            .collect();
        assert!(lengths.len() > 1, "{lengths:?}");
    }
}
