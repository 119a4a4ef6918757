//! Path MTU discovery by probing (RFC 4821), for paths that drop large packets without an ICMP error: the search for
//! the size of a full segment.
//!
//! Nearly all paths carry full segments, so nothing is searched until two timeouts in a row show a black hole (RFC
//! 4821, section 7.7), or an ICMP error has reported a smaller MTU. Then there are the states of RFC 8899, section 5.2:
//!
//! | state | size of segments | ends |
//! |---|---|---|
//! | base | a small one, which the caller chooses | when all that was sent before is acknowledged |
//! | searching | the largest that has passed. One segment at a time is a probe of a larger size | when less than 32 bytes are between that and the smallest that has not passed |
//! | complete | the largest that has passed | after ten minutes, because the path may have changed |
//!
//! The first probe has the size that was used before, because the path may only have been down: it counts as too large
//! after one more loss, any other size after three. Then the middle between what has passed and what has not is probed.
//!
//! A probe is a segment of new data, with data behind it that shows its loss. If nothing else is lost, the loss is no
//! sign of congestion (RFC 4821, section 7.6.2): the data is sent again in smaller segments, and the window stays. If
//! other data is lost as well, that is a sign of congestion, and nothing is known about the probe.

use super::{compact_time::CoarseTime, nanos::Nanos, seq::SeqNumber};
use crate::time::Instant;

/// How many probes of a size are lost before it counts as too large (MAX_PROBES).
const MAX_PROBES: u8 = 3;

/// The search ends when the result is that exact, in bytes.
const PRECISION: u32 = 32;

/// How long a result counts (PMTU_RAISE_TIMER).
const RAISE_AFTER: Nanos = Nanos::from_secs(600);

/// A probe in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathProbe {
    /// Its first byte.
    pub start: SeqNumber,
    /// Its size.
    pub size: u32,
}

/// A search. It exists while segments are smaller than the link and the peer allow.
#[derive(Debug, Clone, Copy)]
pub struct PathSearch {
    /// The size of a segment without a search.
    full: u32,
    /// The size of segments now.
    size: u32,
    /// The largest size that may pass.
    ceiling: u32,
    /// Whether `ceiling` itself is probed next.
    tries_ceiling: bool,
    /// Whether the peer reports what it has received behind a loss. Without that, a loss is found by a timeout, so
    /// nothing but the full size is probed.
    has_sack: bool,
    probe: Option<PathProbe>,
    /// How many probes of the present size were lost.
    losses: u8,
    /// No probe is sent before this is acknowledged.
    resumes_at: SeqNumber,
    /// When a size was last found to pass, or not to pass.
    since: CoarseTime,
}

impl PathSearch {
    /// The path seems to drop segments of `size` bytes: what is sent from `nxt` on has `base` bytes. `previous` is the
    /// search that has led to `size`.
    pub fn after_black_hole(
        previous: Option<&Self>,
        size: u32,
        base: u32,
        nxt: SeqNumber,
        has_sack: bool,
        now: Instant,
    ) -> Self {
        // In a series of timeouts, the size before all of them is probed in the end.
        let ceiling = previous.filter(|previous| previous.tries_last_size());
        let mut search = Self {
            full: previous.map_or(size, |previous| previous.full),
            size: base,
            ceiling: ceiling.map_or(size, |previous| previous.ceiling),
            tries_ceiling: true,
            has_sack,
            probe: None,
            losses: MAX_PROBES - 1,
            resumes_at: nxt,
            since: CoarseTime::at(now),
        };
        if !has_sack {
            search.complete();
        }
        search
    }

    /// An ICMP error has reported that the path carries segments of `size` bytes, and not those of `before`.
    pub fn after_report(
        previous: Option<&Self>,
        before: u32,
        size: u32,
        nxt: SeqNumber,
        now: Instant,
    ) -> Self {
        Self {
            full: previous.map_or(before, |previous| previous.full),
            size,
            ceiling: size,
            tries_ceiling: false,
            has_sack: true,
            probe: None,
            losses: 0,
            resumes_at: nxt,
            since: CoarseTime::at(now),
        }
    }

    /// An ICMP error has reported that the path carries no more than `size` bytes: they are probed next (RFC 8899,
    /// section 4.6.2).
    pub fn limit(&mut self, size: u32, now: Instant) {
        if size < self.ceiling {
            self.ceiling = size.max(self.size);
            self.tries_ceiling = self.ceiling > self.size;
            self.losses = 0;
            self.since = CoarseTime::at(now);
        }
    }

    /// The link carries segments of `full` bytes at most.
    pub fn limit_full(&mut self, full: u32) {
        self.full = self.full.min(full);
        self.size = self.size.min(full);
        self.ceiling = self.ceiling.min(full);
        self.tries_ceiling &= self.ceiling > self.size;
    }

    /// Returns whether the size before a black hole is probed next.
    fn tries_last_size(&self) -> bool {
        self.tries_ceiling && self.losses == MAX_PROBES - 1
    }

    /// Returns the size of segments.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// Returns the probe in flight.
    pub fn probe(&self) -> Option<PathProbe> {
        self.probe
    }

    /// Returns whether the peer's selective acknowledgments show the loss of a probe.
    pub fn has_sack(&self) -> bool {
        self.has_sack
    }

    /// Returns whether full segments pass again: the search is not needed any more.
    pub fn has_ended(&self) -> bool {
        self.size >= self.full
    }

    /// Returns the size of the probe that is due; `una` is the oldest byte that is not acknowledged.
    pub fn due(&mut self, una: SeqNumber, now: Instant) -> Option<u32> {
        if self.probe.is_some() || una.is_before(self.resumes_at) {
            return None;
        }
        if !self.tries_ceiling && self.ceiling - self.size < PRECISION {
            if self.since.elapsed(now) < RAISE_AFTER {
                return None;
            }
            self.ceiling = self.full;
            self.tries_ceiling = true;
            self.losses = 0;
        }
        Some(match self.tries_ceiling {
            true => self.ceiling,
            false => self.size + (self.ceiling - self.size).div_ceil(2),
        })
    }

    /// A probe is sent.
    pub fn on_sent(&mut self, probe: PathProbe) {
        self.probe = Some(probe);
    }

    /// All before `una` is acknowledged. Returns whether segments are larger now.
    pub fn on_acknowledged(&mut self, una: SeqNumber, now: Instant) -> bool {
        let Some(probe) = self.probe else {
            return false;
        };
        if una.is_before(probe.start + probe.size) {
            return false;
        }
        self.probe = None;
        self.losses = 0;
        self.tries_ceiling = false;
        self.size = probe.size;
        self.ceiling = self.ceiling.max(probe.size);
        self.since = CoarseTime::at(now);
        true
    }

    /// The probe in flight is lost, and nothing else is: its data was sent before `nxt`.
    pub fn on_lost(&mut self, nxt: SeqNumber, now: Instant) {
        let Some(probe) = self.probe.take() else {
            return;
        };
        self.resumes_at = nxt;
        self.losses += 1;
        if self.losses < MAX_PROBES && self.has_sack {
            return;
        }
        self.losses = 0;
        self.tries_ceiling = false;
        // A report may have lowered it meanwhile.
        self.ceiling = self.ceiling.min(probe.size - 1).max(self.size);
        self.since = CoarseTime::at(now);
        if !self.has_sack {
            self.complete();
        }
    }

    /// Nothing will be known about the probe in flight, if there is one: the next is sent when all before `nxt` is
    /// acknowledged.
    pub fn forget_probe(&mut self, nxt: SeqNumber) {
        if self.probe.take().is_some() {
            self.resumes_at = nxt;
        }
    }

    /// Probes nothing for ten minutes.
    fn complete(&mut self) {
        self.ceiling = self.size;
        self.tries_ceiling = false;
        self.losses = 0;
    }
}

#[cfg(test)]
mod tests;
