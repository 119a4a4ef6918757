//! When the sender has to be run again, and why.

use super::{Sender, timer::Timer};
use crate::{
    net::tcp::{nanos::Nanos, timer_wheel::NEVER},
    time::Instant,
};

impl Sender {
    /// The timer's next deadline, from what is outstanding.
    #[inline]
    pub(super) fn arm(&mut self, now: Instant) {
        if self.outstanding() == 0 {
            self.arm_without_flight(now);
        } else if self.is_probing_window {
            self.arm_persist(now);
        } else {
            self.arm_retransmission(now);
        }
    }

    /// [`arm`](Self::arm) while nothing is outstanding.
    #[inline(always)]
    pub(super) fn arm_without_flight(&mut self, now: Instant) {
        if self.flight.is_some() {
            self.end_flight(now);
        }
        // A FIN needs no window.
        if self.unsent() > 0 && (self.is_probing_window || self.usable_window() == 0) {
            return self.arm_persist(now);
        }
        self.timer = Timer::Off;
        self.deadline = NEVER;
    }

    /// Arms the timer for the oldest data in flight, if there is some.
    #[inline]
    fn arm_retransmission(&mut self, now: Instant) {
        if self.outstanding() == 0 {
            self.timer = Timer::Off;
            self.deadline = NEVER;
            return;
        }
        let timeout = now + self.rtt.timeout();
        if let Some(probe_after) = self.probe_timeout()
            && now + probe_after < timeout
        {
            self.timer = Timer::TailLossProbe;
            self.deadline = now + probe_after;
            return;
        }
        self.timer = Timer::Retransmit;
        self.deadline = timeout;
    }

    /// Returns whether a tail loss probe is due at another time after new data was sent: it is for the end
    /// of what was sent (RFC 8985, section 7.2). The first segment of a burst alone may have been left to
    /// the retransmission timeout.
    pub(super) fn probe_moves(&self, now: Instant) -> bool {
        match self.timer {
            Timer::TailLossProbe => true,
            Timer::Retransmit => self
                .probe_timeout()
                .is_some_and(|after| now + after < self.deadline),
            _ => false,
        }
    }

    pub(super) fn arm_persist(&mut self, now: Instant) {
        if self.timer != Timer::Persist {
            self.timer = Timer::Persist;
            self.deadline = now + self.rtt.timeout();
        }
    }

    /// PTO (RFC 8985, section 7.2); `None` if there must be no probe.
    fn probe_timeout(&self) -> Option<Nanos> {
        if self.probe.is_some()
            || self.is_recovering()
            || self.scoreboard.sacked() > 0
            || self.rtt.backoff() > 0
        {
            return None;
        }
        let smoothed = self.rtt.smoothed()?;
        // The peer may delay its acknowledgment of a single segment (WCDelAckT).
        let delay = if self.in_flight() <= self.congestion.mss {
            Nanos::from_millis(200)
        } else {
            Nanos::from_millis(2)
        };
        Some(smoothed * 2 + delay)
    }
}
