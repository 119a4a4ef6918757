//! ProbeBW: a cycle of phases that looks for more bandwidth, and leaves room for others in between (section 5.3.3).

use super::{
    bounds::BETA,
    model::{Bbr, State},
    sample::Sample,
};
use crate::{
    net::tcp::congestion::window::{Ack, Window},
    time::Instant,
};

/// The longest time in rounds between two probes, which Reno would need for a window of so many segments.
const MAX_ROUNDS: u32 = 63;

impl Bbr {
    /// BBRUpdateProbeBWCyclePhase.
    pub(super) fn update_probe_bw(&mut self, window: &Window, ack: &Ack, sample: &Sample) {
        if !self.full_bandwidth.is_reached() {
            return;
        }
        if self.round.is_start() {
            self.probing.rounds = self.probing.rounds.saturating_add(1);
        }
        self.adapt_long_term(window, ack, sample);
        match self.state {
            State::Down => {
                if !self.check_time_to_probe(window, ack) && self.is_time_to_cruise(window, ack) {
                    self.state = State::Cruise;
                }
            }
            State::Cruise => {
                self.check_time_to_probe(window, ack);
            }
            State::Refill if self.round.is_start() => {
                self.probing.is_sampling = true;
                self.start_up(window, sample, ack.now);
            }
            State::Up => {
                if self.is_time_to_go_down(window, ack, sample) {
                    self.start_down(ack);
                }
            }
            State::Startup | State::Drain | State::Refill | State::ProbeRtt => {}
        }
    }

    /// BBRAdaptLongTermModel.
    fn adapt_long_term(&mut self, window: &Window, ack: &Ack, sample: &Sample) {
        if self.round.is_start() && self.probing.is_stopping {
            self.probing.is_stopping = false;
            self.probing.is_sampling = false;
            if self.state.is_probe_bw() && !sample.app_limited {
                self.max_bandwidth.advance();
            }
        }
        if sample.has_high_loss(window.mss) {
            if self.probing.is_sampling {
                self.handle_high_loss(window, ack, sample);
            }
            return;
        }
        let Some(bound) = self.inflight_long_term else {
            return;
        };
        if sample.in_flight > bound {
            self.inflight_long_term = Some(sample.in_flight);
        }
        if self.state == State::Up {
            self.probe_long_term(window, ack);
        }
    }

    /// BBRHandleInflightTooHigh.
    fn handle_high_loss(&mut self, window: &Window, ack: &Ack, sample: &Sample) {
        self.probing.is_sampling = false;
        if !sample.app_limited {
            let target = u64::from(self.target_inflight(window)) * BETA / 100;
            self.inflight_long_term = Some(sample.in_flight.max(target as u32));
        }
        if self.state == State::Up {
            self.start_down(ack);
        }
    }

    /// BBRProbeInflightLongtermUpward: the bound grows by one segment in the first round, then by twice as many.
    fn probe_long_term(&mut self, window: &Window, ack: &Ack) {
        let Some(bound) = self.inflight_long_term else {
            return;
        };
        if !ack.is_cwnd_limited || window.cwnd < bound {
            return;
        }
        self.probing.up_delivered = self.probing.up_delivered.saturating_add(ack.delivered);
        let steps = self.probing.up_delivered / self.probing.up_step;
        self.probing.up_delivered %= self.probing.up_step;
        let grown = bound.saturating_add(steps.saturating_mul(window.mss));
        self.inflight_long_term = Some(grown);
        if self.round.is_start() {
            self.raise_slope(window);
        }
    }

    /// BBRRaiseInflightLongtermSlope.
    fn raise_slope(&mut self, window: &Window) {
        let segments = 1 << self.probing.up_rounds;
        self.probing.up_rounds = (self.probing.up_rounds + 1).min(30);
        self.probing.up_step = (window.cwnd / segments).max(window.mss);
    }

    /// BBRIsTimeToProbeBW: after a time, or after as many rounds as Reno would need to grow as much.
    fn check_time_to_probe(&mut self, window: &Window, ack: &Ack) -> bool {
        let segments = self.target_inflight(window) / window.mss;
        let waited = ack.now.saturating_duration_since(self.probing.since);
        let is_time =
            waited > self.probing.wait || self.probing.rounds >= segments.clamp(1, MAX_ROUNDS);
        if is_time {
            self.start_refill();
        }
        is_time
    }

    /// BBRIsTimeToCruise: the queue has drained.
    fn is_time_to_cruise(&self, window: &Window, ack: &Ack) -> bool {
        ack.in_flight <= self.inflight_with_headroom(window)
            && ack.in_flight <= self.inflight(window, self.max_bandwidth.get(), 100)
    }

    /// BBRIsTimeToGoDown: the bandwidth does not grow, although the bound lets it.
    fn is_time_to_go_down(&mut self, window: &Window, ack: &Ack, sample: &Sample) -> bool {
        let is_bounded = self
            .inflight_long_term
            .is_some_and(|bound| window.cwnd >= bound);
        if ack.is_cwnd_limited && is_bounded {
            self.full_bandwidth.restart_at(sample.bandwidth);
            return false;
        }
        self.full_bandwidth.is_full()
    }

    /// BBRStartProbeBW_DOWN.
    pub(super) fn start_down(&mut self, ack: &Ack) {
        self.short_term.reset_latest();
        self.losses.end_round();
        self.probing.up_step = u32::MAX;
        self.probing.pick_wait(ack);
        self.probing.since = ack.now;
        self.probing.is_stopping = true;
        self.round.start();
        self.state = State::Down;
    }

    /// BBRStartProbeBW_CRUISE.
    pub(super) fn start_cruise(&mut self) {
        self.state = State::Cruise;
    }

    /// BBRStartProbeBW_REFILL.
    fn start_refill(&mut self) {
        self.short_term.reset();
        self.probing.up_rounds = 0;
        self.probing.up_delivered = 0;
        self.probing.is_stopping = false;
        self.round.start();
        self.state = State::Refill;
    }

    /// BBRStartProbeBW_UP.
    fn start_up(&mut self, window: &Window, sample: &Sample, now: Instant) {
        self.round.start();
        self.full_bandwidth.restart_at(sample.bandwidth);
        self.probing.since = now;
        self.state = State::Up;
        self.raise_slope(window);
    }
}
