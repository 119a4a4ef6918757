//! Loss detection, recovery, and the retransmission timer.

use super::{Probe, Sender, Timer, acknowledgment::Echo};
use crate::{
    allocation::boxed,
    net::tcp::{
        prr::Prr,
        recovery::{Phase, Recovery, Undo},
        sent_data::Delivered,
        timer_wheel::NEVER,
    },
    time::Instant,
};

/// The action of an expired timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Segments may have to be sent.
    Transmit,
    /// A probe has to be sent.
    Probe,
    /// The window has to be probed, or the small rest of it to be used.
    WindowProbe,
}

impl Sender {
    /// Detects losses and continues recovery after an acknowledgment.
    pub(super) fn detect_losses(
        &mut self,
        now: Instant,
        delivered: &Delivered,
        echo: Option<Echo>,
        advanced: bool,
        flight_before: u32,
    ) {
        let echo_is_old = self.echo_is_old(echo);
        let min_rtt = self.rtt.min();
        let is_whole = self.outstanding() == 0 && !self.flight.is_some();
        if !is_whole && let Some(flight) = self.flight(now) {
            flight
                .rack
                .on_delivered(now, delivered, min_rtt, echo_is_old);
        }
        self.check_probe(now);
        self.check_spurious(delivered, echo_is_old);
        let lost = self.mark_losses(now);
        if lost > 0 && !self.is_recovering() {
            self.enter_recovery(now, flight_before);
        }
        self.continue_recovery(delivered, advanced, lost);
    }

    /// Returns whether the echoed timestamp is from before the first retransmission.
    fn echo_is_old(&self, echo: Option<Echo>) -> bool {
        match (echo, &self.recovery) {
            (Some(echo), Some(recovery)) => recovery.undo.is_for_original(echo.timestamp),
            _ => false,
        }
    }

    /// Marks late data as lost, and arms the timer for data that may become late. Returns the bytes of it whose loss
    /// is a sign of congestion.
    fn mark_losses(&mut self, now: Instant) -> u32 {
        let is_recovering = self.is_recovering();
        let Some(flight) = self.flight.get() else {
            return 0;
        };
        let losses = flight.rack.detect(
            now,
            &mut self.scoreboard,
            is_recovering,
            self.congestion.mss,
            self.rtt.min(),
            self.rtt.smoothed(),
        );
        match losses.next {
            Some(next) => {
                self.timer = Timer::Reordering;
                self.deadline = next;
            }
            None if self.timer == Timer::Reordering => {
                self.timer = Timer::Off;
                self.deadline = NEVER;
                self.arm(now);
            }
            None => {}
        }
        if losses.bytes == 0 || (self.searches_path() && self.is_only_path_probe_lost(now)) {
            return 0;
        }
        self.controller.on_lost(losses.bytes);
        losses.bytes
    }

    /// Ends a tail loss probe (RFC 8985, section 7.4.2).
    fn check_probe(&mut self, now: Instant) {
        let Some(probe) = self.probe else { return };
        let is_retransmission = probe == Probe::Retransmission;
        if self.una.is_before(self.probe_end) || (is_retransmission && self.una == self.probe_end) {
            // The acknowledgment may be of the original. A duplicate of it would be that of the probe.
            return;
        }
        self.probe = None;
        // What was sent later is acknowledged, and no duplicate was reported: the probe repaired a loss.
        if is_retransmission && !self.is_recovering() {
            let undo = Undo::new(&self.congestion, &self.controller);
            // What is in flight now may be less than what was when the loss happened.
            let flight = self.congestion.cwnd;
            if !self.has_reduced_window(self.una) {
                self.controller.on_loss(&mut self.congestion, now, flight);
            }
            self.note_loss_reduction();
            if !self.controller.models_path() {
                self.congestion.cwnd = self.congestion.ssthresh;
            }
            self.recovery = undo.and_then(|mut undo| {
                // Any report of a duplicate that comes late is of the probe.
                undo.on_retransmit(1, None);
                boxed(Recovery {
                    phase: Phase::Over,
                    end: self.una,
                    undo,
                })
            });
            self.end_recovery();
        }
    }

    /// Ends a tail loss probe if the peer received both it and the original, according to an acknowledgment
    /// without new information: a duplicate without SACK.
    pub(super) fn end_needless_probe(&mut self) {
        if self.probe == Some(Probe::Retransmission) && self.una == self.probe_end {
            self.probe = None;
        }
    }

    /// Undoes the reaction to a loss that was none: an acknowledgment of the original transmission has come
    /// (RFC 3522, RFC 5682).
    fn check_spurious(&mut self, delivered: &Delivered, echo_is_old: bool) {
        let Some(phase) = self.recovery.as_ref().map(|recovery| recovery.phase) else {
            return;
        };
        if delivered.bytes == 0 {
            return;
        }
        // Without SACK, the repeated segment may have filled the only gap before data that had arrived.
        let repeated = delivered.newest.is_some_and(|it| it.retransmitted);
        let is_spurious = match phase {
            Phase::Timeout { is_first } => {
                is_first && (echo_is_old || (delivered.was_not_lost && !repeated))
            }
            Phase::Fast(_) => {
                if echo_is_old
                    && repeated
                    && let Some(flight) = self.flight.get_mut()
                {
                    // What else is missing may be late as well, and is not sent again too early.
                    flight.rack.on_reordering();
                }
                (echo_is_old && self.scoreboard.sacked() == 0) || self.lost_data_was_late(delivered)
            }
            Phase::Over => false,
        };
        if is_spurious {
            if matches!(phase, Phase::Timeout { .. }) {
                self.rtt.reset_backoff();
            }
            self.undo();
        }
    }

    /// Returns whether all data that was taken to be lost has been delivered before it was sent again. If
    /// acknowledgments are processed in a batch, late data may come with those that had made it count as
    /// lost.
    fn lost_data_was_late(&self, delivered: &Delivered) -> bool {
        delivered.was_not_lost
            && self.scoreboard.lost() == 0
            && self
                .recovery
                .as_ref()
                .is_some_and(|recovery| !recovery.undo.has_retransmitted())
    }

    /// Undoes a reduction of the window (RFC 4015).
    pub(super) fn undo(&mut self) {
        let Some(recovery) = self.recovery.take() else {
            return;
        };
        let undo = recovery.undo;
        undo.restore(&mut self.congestion, &mut self.controller);
        self.scoreboard.unmark_lost();
    }

    fn enter_recovery(&mut self, now: Instant, flight_before: u32) {
        let undo = Undo::new(&self.congestion, &self.controller);
        // Marks and losses of one window of data reduce it once (RFC 3168, section 6.1.2).
        if !self.has_reduced_window(self.una) {
            self.controller
                .on_loss(&mut self.congestion, now, self.last_flight);
        }
        self.note_loss_reduction();
        // Acknowledgments that were processed since the last transmission would have let data out.
        let flight = self.last_flight.max(flight_before);
        self.recovery = undo.and_then(|undo| {
            boxed(Recovery {
                phase: Phase::Fast(Prr::new(flight, flight - flight_before)),
                end: self.nxt,
                undo,
            })
        });
        if self.recovery.is_none() && !self.controller.models_path() {
            // Without memory for a recovery, the window is reduced at once, and again for what is lost later.
            self.congestion.cwnd = self.congestion.ssthresh;
        }
    }

    /// Updates the congestion window during recovery, and ends recovery.
    fn continue_recovery(&mut self, delivered: &Delivered, advanced: bool, lost: u32) {
        let in_flight = self.in_flight();
        let Some(recovery) = &mut self.recovery else {
            return;
        };
        let is_over = !self.una.is_before(recovery.end);
        match &mut recovery.phase {
            Phase::Over => {
                // The report of a duplicate comes up to a round trip after the end.
                if is_over && self.una.is_after(recovery.end + self.congestion.cwnd) {
                    self.recovery = None;
                }
            }
            Phase::Fast(_) if is_over => {
                if !self.controller.models_path() {
                    self.congestion.cwnd = self.congestion.ssthresh.max(self.congestion.mss);
                }
                self.end_recovery();
            }
            Phase::Timeout { .. } if is_over => self.end_recovery(),
            Phase::Fast(_) if self.controller.models_path() => {}
            Phase::Fast(prr) => {
                self.congestion.cwnd = prr.window(
                    delivered.bytes,
                    in_flight,
                    self.congestion.ssthresh,
                    self.congestion.mss,
                    advanced && lost == 0,
                );
            }
            Phase::Timeout { .. } => {}
        }
    }

    fn end_recovery(&mut self) {
        if let Some(flight) = self.flight.get_mut() {
            flight.rack.on_recovery_end();
        }
        if let Some(recovery) = &mut self.recovery {
            recovery.phase = Phase::Over;
        }
        self.controller.on_recovery_end(&mut self.congestion);
    }

    /// Handles the timer if its deadline has passed.
    pub fn on_timer(&mut self, now: Instant) -> Option<Expiry> {
        if now < self.deadline {
            return None;
        }
        let timer = core::mem::replace(&mut self.timer, Timer::Off);
        self.deadline = NEVER;
        match timer {
            Timer::Off => None,
            Timer::Reordering => {
                let flight_before = self.in_flight();
                let lost = self.mark_losses(now);
                if lost > 0 && !self.is_recovering() {
                    self.enter_recovery(now, flight_before);
                    self.continue_recovery(&Delivered::default(), false, lost);
                }
                if self.timer == Timer::Off {
                    self.arm(now);
                }
                Some(Expiry::Transmit)
            }
            Timer::TailLossProbe => Some(Expiry::Probe),
            Timer::Retransmit => {
                self.on_timeout(now);
                Some(Expiry::Transmit)
            }
            Timer::Persist => {
                self.rtt.back_off();
                self.timer = Timer::Persist;
                self.deadline = now + self.rtt.timeout();
                Some(Expiry::WindowProbe)
            }
        }
    }

    /// Notes that a tail loss probe was sent.
    pub(super) fn probe_sent(&mut self, now: Instant, is_retransmission: bool) {
        self.probe = Some(if is_retransmission {
            Probe::Retransmission
        } else {
            Probe::New
        });
        self.probe_end = self.nxt;
        self.arm(now);
    }

    /// Arms the retransmission timeout when no tail loss probe can be sent.
    pub fn probe_is_needless(&mut self, now: Instant) {
        self.probe_sent(now, false);
    }

    /// Handles the retransmission timeout (RFC 6298, section 5; RFC 8985, section 6.3).
    fn on_timeout(&mut self, now: Instant) {
        let flight_before = self.in_flight() + self.scoreboard.lost();
        let in_timeout = matches!(
            self.recovery.as_ref().map(|recovery| recovery.phase),
            Some(Phase::Timeout { .. })
        );
        // The window is reduced once for a series of timeouts.
        if !in_timeout {
            let undo = match self.recovery.take() {
                Some(recovery) if recovery.is_active() => Some(recovery.undo),
                _ => Undo::new(&self.congestion, &self.controller),
            };
            self.controller
                .on_timeout(&mut self.congestion, now, flight_before);
            self.recovery = undo.and_then(|undo| {
                boxed(Recovery {
                    phase: Phase::Timeout {
                        is_first: self.rtt.backoff() == 0,
                    },
                    end: self.nxt,
                    undo,
                })
            });
        } else if let Some(recovery) = &mut self.recovery {
            recovery.phase = Phase::Timeout { is_first: false };
        }
        self.probe = None;
        self.note_loss_reduction();
        self.check_ecn_path();
        if self.searches_path() {
            self.path_probe_timed_out(now);
        }
        self.scoreboard.mark_all_lost();
        self.congestion.cwnd = self.congestion.mss;
        self.rtt.back_off();
        self.next_departure = now;
        self.arm(now);
    }
}
