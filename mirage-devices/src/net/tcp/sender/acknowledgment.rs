//! Processing of acknowledgments.

use super::{Probe, Sender};
use crate::{
    net::tcp::{
        compact_time::CoarseTime,
        congestion::Ack,
        delivery_rate::DeliveryRate,
        nanos::Nanos,
        options::{Options, SackBlock},
        pool::{Pool, SMALL_PAGE},
        recovery::Phase,
        rtt::MAX_RTO,
        segment::Segment,
        sent_data::{Delivered, Record},
        seq::SeqNumber,
        timer_wheel::NEVER,
    },
    time::Instant,
};

/// The timestamp that a segment echoes (TSecr of RFC 7323).
#[derive(Debug, Clone, Copy)]
pub struct Echo {
    pub timestamp: u32,
    /// How long ago it was sent, in milliseconds.
    pub age: u32,
}

impl Echo {
    /// Returns whether the timestamp is one that was sent: middleboxes and old hosts echo 0.
    fn is_plausible(self) -> bool {
        self.timestamp != 0 && self.age <= MAX_RTO.as_millis()
    }
}

impl Sender {
    /// Processes the acknowledgment and window of a segment whose ACK is acceptable. `echo` is the
    /// timestamp echoed, if it counts. Returns whether new data, or the FIN, was acknowledged.
    pub fn on_segment(
        &mut self,
        now: Instant,
        segment: &Segment<'_>,
        echo: Option<Echo>,
        pool: &mut Pool,
    ) -> bool {
        let window = self.window;
        self.update_window(segment);
        let advanced = segment.ack.is_after(self.una);
        self.check_window_probe(now, advanced);
        if !advanced && !segment.options.has_sack() {
            if segment.len() == 0 && self.window == window {
                self.end_needless_probe();
            }
            self.after_window_update(now);
            return false;
        }
        let flight_before = self.in_flight();
        let mut delivered = self.scoreboard.begin_acknowledgment();
        self.on_sack(now, segment.ack, &segment.options, &mut delivered);
        if advanced {
            self.scoreboard.acknowledge(segment.ack, &mut delivered);
            self.advance(now, segment.ack, pool);
            if self.searches_path() {
                self.check_path_probe(now, segment.ack);
            }
        }
        if delivered.bytes == 0 && !advanced {
            return false;
        }
        // What a segment echoes belongs to the data that it acknowledges (RFC 7323, section 4.1).
        self.measure(now, &delivered, echo.filter(|_| advanced));
        self.detect_losses(now, &delivered, echo, advanced, flight_before);
        if let Some(newest) = &delivered.newest {
            let original = delivered.newest_original.as_ref();
            let rtt = original.map(|original| Nanos::between(original.sent_at, now));
            self.grow(now, delivered.bytes, newest, rtt);
        }
        if self.outstanding() == 0 || delivered.bytes > 0 {
            self.rearm(now);
        }
        advanced
    }

    /// Returns whether the acknowledgment and the window of a segment are what header prediction expects.
    #[inline(always)]
    pub fn predicts(&self, segment: &Segment<'_>) -> bool {
        let is_expected = if segment.ack == self.una {
            !segment.payload.is_empty()
        } else {
            self.scoreboard.only(segment.ack).is_some()
        };
        is_expected
            && segment.window != 0
            && !self.is_closed
            && !self.is_probing_window
            && self.probe.is_none()
            && self.recovery.is_none()
    }

    /// Processes the acknowledgment and window of a segment that was predicted. Returns whether new data
    /// was acknowledged.
    #[inline(always)]
    pub fn on_predicted(&mut self, now: Instant, segment: &Segment<'_>, pool: &mut Pool) -> bool {
        self.update_window(segment);
        let Some(record) = self.scoreboard.take_only(segment.ack) else {
            self.after_window_update(now);
            return false;
        };
        self.on_all_delivered(now, &record, pool);
        true
    }

    /// Handles the acknowledgment of all data in flight, sent in one transmission: nothing is lost, and
    /// no timer is needed.
    #[inline(always)]
    fn on_all_delivered(&mut self, now: Instant, record: &Record, pool: &mut Pool) {
        let rtt = Nanos::between(record.sent_at, now);
        self.rtt.add(rtt, now);
        self.rtt.reset_backoff();
        if let Some(flight) = self.flight.get_mut() {
            flight.rack.on_all_delivered(record, rtt);
            if flight.path_search.is_some() {
                self.check_path_probe(now, record.end);
            }
        }
        self.advance(now, record.end, pool);
        self.grow(now, record.len(), record, Some(rtt));
        self.arm_without_flight(now);
    }

    /// Updates SND.WND (RFC 9293, section 3.10.7.4).
    #[inline(always)]
    pub fn update_window(&mut self, segment: &Segment<'_>) {
        let window = u32::from(segment.window) << self.scale;
        let is_newer = self.wl1.is_before(segment.seq)
            || (self.wl1 == segment.seq && !segment.ack.is_before(self.wl2));
        let acknowledges = segment.ack.is_after(self.una);
        if is_newer {
            self.window = window;
            self.max_window = self.max_window.max(window);
            self.wl1 = segment.seq;
            self.wl2 = segment.ack;
        } else if acknowledges {
            // The edge stays: the window counts from `una`.
            self.window = self.window.saturating_sub(segment.ack - self.una);
        }
    }

    /// Handles the answer to a probe of a closed window: the byte was accepted, or the window has
    /// opened and the byte is sent again, or it is still closed.
    fn check_window_probe(&mut self, now: Instant, advanced: bool) {
        if self.window == 0 && !advanced {
            // A peer that answers probes is alive, so the connection does not time out (RFC 9293,
            // section 3.8.6.1). A FIN needs no window.
            if self.queued > 0 {
                self.progress_at = CoarseTime::at(now);
            }
        } else if self.is_probing_window {
            self.is_probing_window = false;
            self.rtt.reset_backoff();
            if !advanced {
                self.scoreboard.mark_all_lost();
                self.arm(now);
            }
        }
    }

    /// Handles a window that has opened without new data being acknowledged.
    fn after_window_update(&mut self, now: Instant) {
        if self.outstanding() == 0 {
            if self.usable_window() > 0 {
                self.rtt.reset_backoff();
            }
            self.progress_at = CoarseTime::at(now);
            self.arm(now);
        }
    }

    /// Processes selective acknowledgments, and the report of a duplicate in the first block (RFC 2883).
    fn on_sack(
        &mut self,
        now: Instant,
        ack: SeqNumber,
        options: &Options<'_>,
        delivered: &mut Delivered,
    ) {
        // Segments have about the full size, or were written and sent one by one.
        let most_records = 64 + (2 * self.outstanding() / self.congestion.mss) as usize;
        for (index, block) in options.sack_blocks().enumerate() {
            if !block.start.is_before(block.end) {
                continue;
            }
            if index == 0 && self.is_duplicate_report(ack, options, block) {
                self.on_duplicate(now, block);
                continue;
            }
            let is_in_flight =
                !block.start.is_before(self.una.max(ack)) && !block.end.is_after(self.nxt);
            if is_in_flight {
                self.scoreboard.on_sack(block, most_records, delivered);
            }
        }
    }

    /// Returns whether the first block reports a duplicate: it is below the acknowledgment, or inside
    /// of the second block.
    fn is_duplicate_report(&self, ack: SeqNumber, options: &Options<'_>, first: SackBlock) -> bool {
        if first.start.is_before(ack) {
            // Not older than the data that may still be in the network.
            return !first.end.is_after(ack) && first.end - first.start <= self.max_window;
        }
        options.sack_blocks().nth(1).is_some_and(|second| {
            !first.start.is_before(second.start) && !first.end.is_after(second.end)
        })
    }

    fn on_duplicate(&mut self, now: Instant, block: SackBlock) {
        if self.probe == Some(Probe::Retransmission) && self.probe_end == block.end {
            // The probe was needless, and says nothing about reordering.
            self.probe = None;
            return;
        }
        let (una, nxt) = (self.una, self.nxt);
        if let Some(flight) = self.flight(now) {
            flight.rack.on_dsack(una, nxt);
        }
        let bytes = block.end - block.start;
        let Some(recovery) = &mut self.recovery else {
            return;
        };
        if recovery.undo.on_duplicate(bytes) {
            self.undo();
        }
    }

    /// Moves `una` to `ack` and frees the data before it.
    #[inline(always)]
    fn advance(&mut self, now: Instant, ack: SeqNumber, pool: &mut Pool) {
        let bytes = ack - self.una;
        let data = bytes.min(self.queued);
        // The FIN is the byte behind the data.
        self.fin_is_acknowledged |= bytes > data;
        self.queued -= data;
        self.queue.consume(data, self.queued == 0, pool);
        self.is_starved = false;
        self.is_held_back = false;
        let needed = self.queued.saturating_sub(SMALL_PAGE as u32);
        if self.committed > needed {
            pool.release((self.committed - needed) as usize);
            self.committed = needed;
        }
        self.una = ack;
        self.progress_at = CoarseTime::at(now);
    }

    /// Measures the round-trip time and the delivery rate.
    fn measure(&mut self, now: Instant, delivered: &Delivered, echo: Option<Echo>) {
        if let Some(original) = &delivered.newest_original {
            self.rtt.add(Nanos::between(original.sent_at, now), now);
            self.rtt.reset_backoff();
        } else if let Some(echo) = echo
            && delivered.bytes > 0
        {
            // Karn's algorithm keeps the backoff; with timestamps there is no ambiguity.
            if echo.is_plausible() {
                self.rtt.add_echoed(Nanos::from_millis(echo.age));
            }
            self.rtt.reset_backoff();
        }
    }

    /// Grows the congestion window, if it limited the sender.
    #[inline(always)]
    fn grow(&mut self, now: Instant, delivered: u32, newest: &Record, rtt: Option<Nanos>) {
        let is_all = self.outstanding() == 0 && !self.flight.is_some();
        if !is_all || self.is_cwnd_limited {
            self.report_delivered(now, delivered, newest, rtt);
        }
    }

    /// Measures the delivery rate, and tells congestion control of delivered data.
    #[inline(never)]
    fn report_delivered(
        &mut self,
        now: Instant,
        delivered: u32,
        newest: &Record,
        rtt: Option<Nanos>,
    ) {
        let is_ended = self.outstanding() == 0;
        let mut rate = match self.flight.get() {
            Some(flight) => flight.rate,
            None => DeliveryRate::new(newest.sent_at, self.outstanding() + delivered),
        };
        rate.on_delivered(now, delivered, newest.sent_at);
        if !is_ended && let Some(flight) = self.flight(now) {
            flight.rate = rate;
        }
        let is_recovering = match &self.recovery {
            Some(recovery) => matches!(recovery.phase, Phase::Fast(_)),
            None => false,
        };
        if (is_recovering || !self.is_cwnd_limited) && !self.controller.models_path() {
            return;
        }
        let ack = Ack {
            now,
            delivered,
            rtt: rtt.map(Nanos::into),
            smoothed: self.rtt.smoothed().map(Nanos::into),
            una: self.una,
            nxt: self.nxt,
            rate: rate.sample(&newest.snapshot, newest.sent_at, self.rtt.min()),
            in_flight: self.in_flight(),
            is_cwnd_limited: self.is_cwnd_limited,
            is_recovering,
        };
        self.controller.on_ack(&mut self.congestion, &ack);
    }

    /// Rearms the timer, except for a reordering deadline.
    fn rearm(&mut self, now: Instant) {
        if self.timer == super::Timer::Reordering
            && self.outstanding() > 0
            && self.deadline != NEVER
        {
            return;
        }
        self.arm(now);
    }
}
