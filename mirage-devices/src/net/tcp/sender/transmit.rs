//! What is to be sent next.

use super::Sender;
use crate::{
    net::tcp::{
        compact_time::CoarseTime,
        congestion::Window,
        delivery_rate::Snapshot,
        nanos::Nanos,
        recovery::Phase,
        rtt::MIN_RTO,
        sent_data::{Fate, Record},
        seq::SeqNumber,
        timer_wheel::NEVER,
    },
    time::Instant,
};

/// The window above which slow start is paced, in bytes.
const PACED_ABOVE: u32 = 64 * 1024;

/// How late a timer may fire so that the data it held back is still made up for. A longer time is a pause, after which
/// one burst leaves. Otherwise a host that wakes late would make the path seem slower than it is.
const MAX_LATENESS: Nanos = Nanos(4_000_000);

/// A segment that may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transmission {
    /// The first byte.
    pub seq: SeqNumber,
    /// Bytes of data.
    pub length: u32,
    /// Whether the FIN goes with it.
    pub fin: bool,
    /// Whether it is all that was written.
    pub push: bool,
    /// Whether it was sent before.
    pub is_retransmission: bool,
}

impl Sender {
    /// The part of the peer's window that is not used.
    pub(super) fn usable_window(&self) -> u32 {
        (self.una + self.window).saturating_distance(self.nxt)
    }

    /// The next segment that may be sent at `now`.
    #[inline]
    pub fn next_transmission(&mut self, now: Instant) -> Option<Transmission> {
        if now < self.next_departure {
            return None;
        }
        let in_flight = self.in_flight();
        let allowance = self.congestion.cwnd.saturating_sub(in_flight);
        // One segment may always be sent when nothing is in flight: it may have grown beyond the window.
        let fits = |length| length <= allowance || in_flight == 0;
        if let Some((start, end)) = self.scoreboard.next_lost() {
            if !fits(self.congestion.mss) {
                self.is_cwnd_limited = true;
                return None;
            }
            return Some(self.transmission(start, end - start, true));
        }
        let unsent = self.unsent();
        let fin_is_due = self.is_closed && !self.fin_was_sent();
        if unsent == 0 {
            // The FIN alone.
            return (fin_is_due && allowance > 0).then(|| self.transmission(self.nxt, 0, false));
        }
        let window = self.usable_window();
        let length = unsent.min(window).min(self.congestion.mss);
        if length == 0 {
            if self.outstanding() == 0 {
                self.arm_persist(now);
            }
            return None;
        }
        if !fits(length) {
            self.is_cwnd_limited = true;
            return None;
        }
        // Sender silly window syndrome avoidance (RFC 9293, section 3.8.6.2.1) and Nagle's algorithm.
        let is_full = length >= self.congestion.mss;
        let is_all = length == unsent && (!self.nagle || self.outstanding() == 0 || self.is_closed);
        if !is_full && !is_all && length < self.max_window / 2 {
            if self.outstanding() == 0 {
                self.arm_persist(now);
            }
            return None;
        }
        if is_full && self.searches_path() {
            return Some(self.path_probe_or_segment(now));
        }
        Some(self.transmission(self.nxt, length, false))
    }

    #[inline]
    pub(super) fn transmission(
        &self,
        seq: SeqNumber,
        length: u32,
        is_retransmission: bool,
    ) -> Transmission {
        let end = self.data_end();
        // A lost record may include the FIN.
        let data = end
            .saturating_distance(seq)
            .min(length)
            .min(self.congestion.mss);
        let reaches_end = seq + data == end;
        let fin = self.is_closed && reaches_end && (!is_retransmission || self.fin_was_sent());
        Transmission {
            seq,
            length: data,
            fin,
            push: reaches_end && data > 0,
            is_retransmission,
        }
    }

    /// The tail loss probe (RFC 8985, section 7.3): new data if there is any, else the last segment.
    pub fn probe_transmission(&mut self) -> Option<Transmission> {
        let unsent = self.unsent();
        let new = unsent.min(self.usable_window()).min(self.congestion.mss);
        if new > 0 {
            return Some(self.transmission(self.nxt, new, false));
        }
        let last = self.scoreboard.records().back()?;
        if last.fate == Fate::Sacked {
            return None;
        }
        let end = self.nxt - u32::from(self.fin_was_sent());
        let start = (end - self.congestion.mss).max(last.start).min(end);
        Some(self.transmission(start, self.nxt - start, true))
    }

    /// The segment that the persist timer sends: a byte beyond a closed window, to learn whether it has
    /// opened, or what fits into a window that is too small to be used without a timeout (RFC 9293,
    /// section 3.8.6.2.1).
    pub fn window_probe(&mut self) -> Option<Transmission> {
        if self.is_probing_window {
            return Some(self.transmission(self.una, 1, true));
        }
        let length = self.usable_window().max(1);
        let is_due = self.unsent() > 0 && self.outstanding() == 0;
        is_due.then(|| self.transmission(self.nxt, length, false))
    }

    /// Copies the data of a segment.
    pub fn copy_data(&mut self, transmission: &Transmission, bytes: &mut [u8]) {
        self.queue.copy_to(transmission.seq - self.una, bytes);
    }

    /// Notes that a segment was sent; `timestamp` is its timestamp.
    #[inline(always)]
    pub fn transmitted(
        &mut self,
        now: Instant,
        transmission: &Transmission,
        timestamp: Option<u32>,
    ) {
        let bytes = transmission.length + u32::from(transmission.fin);
        let end = transmission.seq + bytes;
        let in_flight = self.in_flight();
        let was_idle = self.outstanding() == 0;
        if was_idle {
            self.restart_after_idle(now);
            self.progress_at = CoarseTime::at(now);
        }
        let snapshot = if was_idle && !self.flight.is_some() {
            Snapshot::IDLE
        } else {
            self.snapshot(now, in_flight)
        };
        if transmission.is_retransmission {
            self.scoreboard
                .retransmitted(transmission.seq, end, now, snapshot);
            if let Some(recovery) = &mut self.recovery
                && recovery.is_active()
            {
                recovery.undo.on_retransmit(bytes, timestamp);
            }
        } else {
            self.scoreboard.push(Record {
                start: transmission.seq,
                end,
                sent_at: now,
                retransmitted: false,
                fate: Fate::InFlight,
                snapshot,
            });
            self.nxt = end;
        }
        if let Some(recovery) = &mut self.recovery
            && let Phase::Fast(prr) = &mut recovery.phase
        {
            prr.on_sent(bytes);
        }
        self.last_sent_at = CoarseTime::at(now);
        self.is_held_back = false;
        self.pace(now, bytes);
        self.last_flight = in_flight + bytes;
        if was_idle
            || self.deadline == NEVER
            || (!transmission.is_retransmission && self.probe_moves(now))
        {
            self.arm(now);
        }
    }

    /// The delivery rate's counters, for data that is sent while more is in flight.
    #[inline(never)]
    fn snapshot(&mut self, now: Instant, in_flight: u32) -> Snapshot {
        // Data that is sent in one go has one snapshot.
        if !self.flight.is_some() && self.scoreboard.was_sent_at(now) {
            return Snapshot::IDLE;
        }
        self.flight(now).map_or(Snapshot::IDLE, |flight| {
            flight.rate.snapshot(now, in_flight)
        })
    }

    /// [`transmitted`](Self::transmitted) for what a timer has sent: one copy of it for all timers.
    #[inline(never)]
    fn transmitted_on_timer(
        &mut self,
        now: Instant,
        transmission: &Transmission,
        timestamp: Option<u32>,
    ) {
        self.transmitted(now, transmission, timestamp);
    }

    /// Notes that a tail loss probe was sent.
    pub fn probe_transmitted(
        &mut self,
        now: Instant,
        transmission: &Transmission,
        timestamp: Option<u32>,
    ) {
        self.transmitted_on_timer(now, transmission, timestamp);
        self.probe_sent(now, transmission.is_retransmission);
    }

    /// Notes that the segment of the persist timer was sent.
    pub fn window_probe_transmitted(
        &mut self,
        now: Instant,
        transmission: &Transmission,
        timestamp: Option<u32>,
    ) {
        let is_probe = self.usable_window() == 0;
        let backoff = (self.timer, self.deadline);
        self.is_probing_window |= is_probe;
        self.transmitted_on_timer(now, transmission, timestamp);
        if is_probe {
            (self.timer, self.deadline) = backoff;
        }
    }

    /// Everything that may be sent was: notes whether the application is what limits the rate.
    pub fn after_transmit(&mut self) {
        if self.unsent() == 0 && self.scoreboard.lost() == 0 {
            let in_flight = self.in_flight();
            if in_flight < self.congestion.cwnd {
                if let Some(flight) = self.flight.get_mut() {
                    flight.rate.set_app_limited(in_flight);
                }
                // In slow start a window counts as used when half of it is.
                self.is_cwnd_limited &=
                    self.congestion.is_slow_start() && in_flight >= self.congestion.cwnd / 2;
            }
        }
    }

    /// After an idle time the window shrinks (RFC 5681, section 4.1), by half for each timeout.
    #[inline]
    fn restart_after_idle(&mut self, now: Instant) {
        let idle = self.last_sent_at.elapsed(now);
        if idle < MIN_RTO {
            return;
        }
        let timeout = self.rtt.base_timeout();
        if idle < timeout {
            return;
        }
        self.controller.on_idle(idle.into());
        if self.controller.models_path() {
            return;
        }
        let restart = Window::initial(self.congestion.mss).min(self.congestion.cwnd);
        let halvings = (idle.0 / timeout.0).min(31) as u32;
        // What was reached before is found again quickly.
        self.congestion.ssthresh = self.congestion.ssthresh.max(self.congestion.cwnd / 4 * 3);
        self.congestion.cwnd = (self.congestion.cwnd >> halvings).max(restart);
    }

    /// Sets when the next segment may leave.
    #[inline]
    fn pace(&mut self, now: Instant, bytes: u32) {
        let rate = match self.controller.pacing_rate() {
            Some(rate) => rate,
            None if self.congestion.is_slow_start() && self.congestion.cwnd > PACED_ABOVE => {
                let Some(smoothed) = self.rtt.smoothed() else {
                    return;
                };
                // Twice the rate at which acknowledgments come, so that the window can double.
                2 * u64::from(self.congestion.cwnd) * 1_000_000_000 / smoothed.0.max(1)
            }
            None => return,
        };
        let rate = rate.max(1);
        // A burst is a millisecond, at most 64 KiB and half of a window.
        let burst = (rate / 1000)
            .min(64 * 1024)
            .min(u64::from(self.congestion.cwnd) / 2)
            .max(2 * u64::from(self.congestion.mss));
        let credit = Nanos(burst * 1_000_000_000 / rate);
        let duration = Nanos(u64::from(bytes) * 1_000_000_000 / rate);
        let Some(flight) = self.flight(now) else {
            return;
        };
        let late = Nanos::between(flight.paced_until, now);
        let begin = match late <= MAX_LATENESS {
            true => flight.paced_until,
            false => Instant::from_nanos(now.as_nanos().saturating_sub(credit.0)),
        };
        let slot = begin + duration;
        flight.paced_until = slot;
        // A burst may leave at once; after it, one waits until half of it is due again.
        if slot > now {
            self.next_departure = now + credit / 2;
        }
    }
}
