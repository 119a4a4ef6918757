//! The sender's part of path MTU discovery by probing (RFC 4821).

use super::{Sender, transmit::Transmission};
use crate::{
    net::tcp::{
        path_search::{PathProbe, PathSearch},
        sent_data::Fate,
        seq::SeqNumber,
    },
    time::Instant,
};

/// After so many timeouts in a row, the path may be too narrow for full segments.
const TIMEOUTS: u8 = 2;

/// The same, if what was received out of order is at least as long as a full segment. It may have been several small
/// ones.
const TIMEOUTS_WITH_SACK: u8 = 4;

impl Sender {
    fn path_search(&mut self) -> Option<&mut PathSearch> {
        self.flight.get_mut()?.path_search.get_mut()
    }

    /// Returns whether a search for the size of segments is in progress.
    #[inline(always)]
    pub fn searches_path(&self) -> bool {
        self.flight
            .get()
            .is_some_and(|flight| flight.path_search.is_some())
    }

    /// Returns whether timeouts suggest that segments of `size` bytes are received where full ones are not.
    pub fn path_seems_narrower_than(&self, size: u32) -> bool {
        let mss = self.congestion.mss;
        let records = self.scoreboard.records();
        let mut sacked = records.iter().filter(|it| it.fate == Fate::Sacked);
        let timeouts = match sacked.any(|record| record.len() >= mss) {
            true => TIMEOUTS_WITH_SACK,
            false => TIMEOUTS,
        };
        self.rtt.backoff() >= timeouts && records.front().is_some_and(|first| first.len() > size)
    }

    /// Uses segments of `base` bytes, because full ones may be too large for the path, and begins to search for their
    /// size. Without memory for that, segments stay large.
    pub fn shrink_segments(&mut self, base: u32, has_sack: bool, now: Instant) {
        let (mss, nxt) = (self.congestion.mss, self.nxt);
        let search = |previous: Option<&PathSearch>| {
            PathSearch::after_black_hole(previous, mss, base, nxt, has_sack, now)
        };
        if self.set_path_search(search, now) {
            self.congestion.mss = base;
            // After a timeout, one segment is sent.
            self.congestion.cwnd = base;
        }
    }

    /// Limits full segments to the `mss` bytes that the link carries.
    pub fn limit_full_segments(&mut self, mss: u32) {
        self.congestion.mss = self.congestion.mss.min(mss);
        if let Some(search) = self.path_search() {
            search.limit_full(mss);
            self.end_path_search();
        }
    }

    /// Ends the search if full segments pass again.
    fn end_path_search(&mut self) {
        if let Some(flight) = self.flight.get_mut()
            && flight.path_search.get().is_some_and(PathSearch::has_ended)
        {
            flight.path_search.clear();
        }
    }

    /// Limits full segments to `mss` bytes, because an ICMP error has reported that the path carries no more. Data in
    /// flight that was larger is sent again. Its loss is not a sign of congestion (RFC 1191, section 6.4).
    pub fn limit_segments(&mut self, mss: u32, has_sack: bool, now: Instant) {
        let (before, nxt) = (self.congestion.mss, self.nxt);
        if before <= mss {
            if let Some(search) = self.path_search() {
                search.limit(mss, now);
            }
            return;
        }
        let search = |previous: Option<&PathSearch>| {
            PathSearch::after_report(previous, before, mss, nxt, now)
        };
        // Without selective acknowledgments or without memory, larger segments are never tried again.
        let is_searched = has_sack && self.set_path_search(search, now);
        if !is_searched && let Some(flight) = self.flight.get_mut() {
            flight.path_search.clear();
        }
        self.congestion.mss = mss;
        self.scoreboard.mark_all_lost();
        self.next_departure = now;
    }

    /// Replaces the search by what `make` returns for the previous one. Returns whether there was memory for it.
    fn set_path_search(
        &mut self,
        make: impl Fn(Option<&PathSearch>) -> PathSearch,
        now: Instant,
    ) -> bool {
        let Some(flight) = self.flight(now) else {
            return false;
        };
        let search = make(flight.path_search.get());
        match flight.path_search.get_or_insert_with(|| search) {
            Some(place) => *place = search,
            None => return false,
        }
        true
    }

    /// Returns the next full segment of new data, or a probe instead, if one is due, and if it may be sent now with a
    /// full segment behind it that shows its loss.
    #[cold]
    #[inline(never)]
    pub(super) fn path_probe_or_segment(&mut self, now: Instant) -> Transmission {
        let (una, mss) = (self.una, self.congestion.mss);
        let segment = self.transmission(self.nxt, mss, false);
        let allowance = self.congestion.cwnd.saturating_sub(self.in_flight());
        let available = self.unsent().min(self.usable_window()).min(allowance);
        if !self.is_recovering()
            && let Some(search) = self.path_search()
            && let Some(size) = search.due(una, now)
            && available >= size + mss
        {
            search.on_sent(PathProbe {
                start: segment.seq,
                size,
            });
            return Transmission {
                length: size,
                push: false,
                ..segment
            };
        }
        segment
    }

    /// Notes that a segment of `length` bytes could not be sent, which may be a probe.
    #[cold]
    #[inline(never)]
    pub fn was_not_sent(&mut self, length: u32) {
        let nxt = self.nxt;
        if length > self.congestion.mss
            && let Some(search) = self.path_search()
        {
            search.forget_probe(nxt);
        }
    }

    /// All before `una` is acknowledged: if that includes the probe, segments are larger.
    #[cold]
    #[inline(never)]
    pub(super) fn check_path_probe(&mut self, now: Instant, una: SeqNumber) {
        let Some(search) = self.path_search() else {
            return;
        };
        if search.on_acknowledged(una, now) {
            self.congestion.mss = search.size();
            self.end_path_search();
        }
    }

    /// Data is lost. Returns whether that is a probe and nothing else, so that it is no sign of congestion. If the
    /// probe is lost with other data, nothing is known about it.
    #[cold]
    #[inline(never)]
    pub(super) fn is_only_path_probe_lost(&mut self, now: Instant) -> bool {
        let (lost, nxt, is_recovering) = (self.scoreboard.lost(), self.nxt, self.is_recovering());
        let Some(PathProbe { start, size }) = self.path_search().and_then(|it| it.probe()) else {
            return false;
        };
        let record = self.scoreboard.record_at(start);
        let Some(record) = record.filter(|record| record.fate == Fate::Lost) else {
            return false;
        };
        let is_probe = (record.start, record.len()) == (start, size);
        let is_alone = is_probe && lost == size && !is_recovering;
        if let Some(search) = self.path_search() {
            match is_alone {
                true => search.on_lost(nxt, now),
                false => search.forget_probe(nxt),
            }
        }
        is_alone
    }

    /// The retransmission timer has expired. That says nothing about a probe, unless it is the only way to find its
    /// loss.
    #[cold]
    #[inline(never)]
    pub(super) fn path_probe_timed_out(&mut self, now: Instant) {
        let (una, nxt) = (self.una, self.nxt);
        let Some(search) = self.path_search() else {
            return;
        };
        if !search.has_sack() && search.probe().is_some_and(|probe| probe.start == una) {
            search.on_lost(nxt, now);
        } else {
            search.forget_probe(nxt);
        }
    }
}
