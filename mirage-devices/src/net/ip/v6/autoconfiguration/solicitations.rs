//! When routers are asked for advertisements (RFC 4861, section 6.3.7).

use crate::{net::jitter, random::Random, time::Instant};
use core::time::Duration;

/// The maximum delay before the first solicitation: MAX_RTR_SOLICITATION_DELAY.
const MAX_DELAY: Duration = Duration::from_secs(1);

/// Between the first two solicitations: RTR_SOLICITATION_INTERVAL. Each interval is twice as long as the
/// one before (RFC 7559).
const FIRST_INTERVAL: Duration = Duration::from_secs(4);
const MAX_INTERVAL: Duration = Duration::from_secs(3600);

/// The solicitations until a router has answered.
#[derive(Debug)]
pub(super) struct Solicitations {
    /// When the next one is due.
    next: Option<Instant>,
    /// How long an answer to the last one is waited for.
    interval: Duration,
    /// When the first and the last one were sent.
    began: Option<Instant>,
    last: Option<Instant>,
}

impl Solicitations {
    /// Begins, after a delay by which hosts that start together do not ask together. An address that is used
    /// at once is asked for at once.
    pub(super) fn new(now: Instant, is_delayed: bool, random: &mut Random) -> Self {
        let delay = match is_delayed {
            true => jitter::between(random, Duration::ZERO, MAX_DELAY),
            false => Duration::ZERO,
        };
        Self {
            next: Some(now + delay),
            interval: Duration::ZERO,
            began: None,
            last: None,
        }
    }

    /// Begins again, because the last router is lost.
    pub(super) fn restart(&mut self, now: Instant) {
        // However often it is lost, routers are not asked more often.
        let earliest = self.last.map_or(now, |last| last + FIRST_INTERVAL);
        self.next = Some(earliest.max(now));
        self.interval = Duration::ZERO;
        self.began = None;
    }

    /// A router has answered.
    pub(super) fn stop(&mut self) {
        self.next = None;
    }

    /// Returns for how long no router has answered, if a solicitation is to be sent now.
    pub(super) fn due(&mut self, now: Instant, random: &mut Random) -> Option<Duration> {
        if self.next.is_none_or(|next| now < next) {
            return None;
        }
        let began = *self.began.get_or_insert(now);
        let doubled = (self.interval * 2).clamp(FIRST_INTERVAL, MAX_INTERVAL);
        self.interval = jitter::between(random, doubled * 9 / 10, doubled * 11 / 10);
        self.last = Some(now);
        self.next = Some(now + self.interval);
        Some(now - began)
    }

    pub(super) const fn next_deadline(&self) -> Option<Instant> {
        self.next
    }
}
