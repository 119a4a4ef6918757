//! The model, and what follows from it: the rate and the window.

use super::{
    aggregation::Aggregation,
    bandwidth::{FullBandwidth, MaxBandwidth},
    bounds::{min_pipe_cwnd, with_margin},
    cycle::{ProbeRtt, Probing},
    losses::Losses,
    min_rtt::MinRtt,
    round::Round,
    sample::Sample,
    short_term::ShortTerm,
};
use crate::{
    allocation::boxed,
    net::tcp::congestion::window::{Ack, Congestion, Window},
    time::Instant,
};
use alloc::boxed::Box;
use core::time::Duration;

/// BBR.StartupPacingGain: 4·ln 2, in hundredths as all gains.
const STARTUP_PACING_GAIN: u32 = 277;
/// BBR.DrainPacingGain.
const DRAIN_PACING_GAIN: u32 = 50;
/// BBR.DefaultCwndGain, which is that of Startup too.
const CWND_GAIN: u32 = 200;
/// BBR.Headroom, in percent: what is left of a bound for others.
const HEADROOM: u32 = 15;

/// The state machine (section 5.1 of the draft).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// The rate doubles in each round until the bandwidth grows no more.
    Startup,
    /// The queue that Startup left drains.
    Drain,
    /// ProbeBW_DOWN: slower than the path, so that a queue drains.
    Down,
    /// ProbeBW_CRUISE: as fast as the path.
    Cruise,
    /// ProbeBW_REFILL: one round that fills the path before it is probed.
    Refill,
    /// ProbeBW_UP: faster than the path, to find more bandwidth.
    Up,
    /// Little in flight, to measure the smallest round-trip time.
    ProbeRtt,
}

impl State {
    /// Whether it is one of the phases of ProbeBW.
    pub(super) const fn is_probe_bw(self) -> bool {
        matches!(self, Self::Down | Self::Cruise | Self::Refill | Self::Up)
    }

    /// Whether it sends faster than the path, so that losses say nothing about the path's bandwidth.
    const fn is_accelerating(self) -> bool {
        matches!(self, Self::Startup | Self::Refill | Self::Up)
    }

    /// BBR.pacing_gain.
    const fn pacing_gain(self) -> u32 {
        match self {
            Self::Startup => STARTUP_PACING_GAIN,
            Self::Drain => DRAIN_PACING_GAIN,
            Self::Down => 90,
            Self::Cruise | Self::Refill | Self::ProbeRtt => 100,
            Self::Up => 125,
        }
    }

    /// BBR.cwnd_gain.
    pub(super) const fn cwnd_gain(self) -> u32 {
        match self {
            Self::Up => 225,
            Self::ProbeRtt => 50,
            _ => CWND_GAIN,
        }
    }
}

/// The state of BBR. Bandwidths are in bytes per second.
#[derive(Debug, Clone)]
pub struct Bbr {
    pub(super) state: State,
    pub(super) round: Round,
    pub(super) max_bandwidth: MaxBandwidth,
    pub(super) full_bandwidth: FullBandwidth,
    pub(super) min_rtt: MinRtt,
    pub(super) short_term: ShortTerm,
    /// BBR.inflight_longterm: what the path takes without high loss, as far as it is known.
    pub(super) inflight_long_term: Option<u32>,
    pub(super) losses: Losses,
    pub(super) probing: Probing,
    pub(super) probe_rtt: ProbeRtt,
    aggregation: Aggregation,
    /// BBR.prior_cwnd: the window before recovery or ProbeRTT.
    prior_cwnd: u32,
    is_recovering: bool,
    /// The bounds before the last recovery, to which they return if it was spurious.
    before_recovery: (ShortTerm, Option<u32>),
    /// Sending restarts after the application had nothing to send.
    pub(super) is_idle_restart: bool,
    pacing_rate: Option<u64>,
}

impl Bbr {
    pub const fn new() -> Self {
        Self {
            state: State::Startup,
            round: Round::new(),
            max_bandwidth: MaxBandwidth::new(),
            full_bandwidth: FullBandwidth::new(),
            min_rtt: MinRtt::new(),
            short_term: ShortTerm::new(),
            inflight_long_term: None,
            losses: Losses::new(),
            probing: Probing::new(),
            probe_rtt: ProbeRtt::new(),
            aggregation: Aggregation::new(),
            prior_cwnd: 0,
            is_recovering: false,
            before_recovery: (ShortTerm::new(), None),
            is_idle_restart: false,
            pacing_rate: None,
        }
    }

    /// BBR.bw: the bandwidth that the model allows.
    pub(super) fn bandwidth(&self) -> u64 {
        self.max_bandwidth.get().min(self.short_term.bandwidth())
    }

    /// The product of a bandwidth and the smallest round-trip time, times a gain; `None` before both are known.
    pub(super) fn product(&self, bandwidth: u64, gain: u32) -> Option<u32> {
        let rtt = self.min_rtt.get().filter(|_| bandwidth > 0)?;
        let bytes = u128::from(bandwidth) * rtt.as_micros() / 1_000_000 * u128::from(gain) / 100;
        Some(u32::try_from(bytes).unwrap_or(u32::MAX))
    }

    /// BBRInflight: what is in flight at a bandwidth with a gain, with room for the bursts of both ends.
    pub(super) fn inflight(&self, window: &Window, bandwidth: u64, gain: u32) -> u32 {
        let Some(bytes) = self.product(bandwidth, gain) else {
            return Window::initial(window.mss).max(window.cwnd);
        };
        // BBRQuantizationBudget: three bursts, one that is sent, one on its way, one that is acknowledged.
        let bursts = 3 * self.send_quantum(window.mss);
        let bytes = bytes.max(bursts).max(min_pipe_cwnd(window));
        match self.state {
            State::Up => bytes.saturating_add(2 * window.mss),
            _ => bytes,
        }
    }

    /// BBR.send_quantum: a millisecond's data, at least two segments and at most 64 KiB.
    fn send_quantum(&self, mss: u32) -> u32 {
        let millisecond = self.pacing_rate.unwrap_or(0) / 1000;
        (millisecond.min(64 * 1024) as u32).max(2 * mss)
    }

    /// BBRTargetInflight: the estimated product of bandwidth and delay, if the window allows as much.
    pub(super) fn target_inflight(&self, window: &Window) -> u32 {
        let product = self.product(self.bandwidth(), 100);
        product.unwrap_or(window.cwnd).min(window.cwnd)
    }

    /// BBRInflightWithHeadroom: the bound with room for others.
    pub(super) fn inflight_with_headroom(&self, window: &Window) -> u32 {
        let Some(bound) = self.inflight_long_term else {
            return u32::MAX;
        };
        let headroom = (bound / 100).saturating_mul(HEADROOM).max(window.mss);
        bound.saturating_sub(headroom).max(min_pipe_cwnd(window))
    }

    pub(super) fn save_cwnd(&mut self, window: &Window) {
        self.prior_cwnd = match self.is_recovering || self.state == State::ProbeRtt {
            true => self.prior_cwnd.max(window.cwnd),
            false => window.cwnd,
        };
    }

    pub(super) fn restore_cwnd(&self, window: &mut Window) {
        window.cwnd = window.cwnd.max(self.prior_cwnd);
    }

    /// BBRUpdateModelAndState.
    fn update_model(&mut self, window: &mut Window, ack: &Ack, sample: &Sample) {
        self.short_term
            .update_latest(sample, self.round.delivered());
        self.max_bandwidth.update(sample);
        self.adapt_short_term(window);
        self.aggregation.update(
            ack.now,
            ack.delivered,
            self.bandwidth(),
            window.cwnd,
            self.round.is_start(),
        );
        self.full_bandwidth.check(sample, self.round.is_start());
        self.check_startup_high_loss(window, ack, sample);
        self.check_startup_done();
        self.check_drain_done(window, ack);
        self.update_probe_bw(window, ack, sample);
        self.min_rtt.update(ack.now, ack.rtt);
        self.check_probe_rtt(window, ack);
        self.short_term.advance_latest(sample);
        if self.short_term.is_round_start() {
            self.losses.end_round();
        }
    }

    /// BBRAdaptLowerBoundsFromCongestion: once in a round with losses, the short-term bounds follow what was delivered.
    fn adapt_short_term(&mut self, window: &Window) {
        let has_lost = self.short_term.is_round_start() && self.losses.in_round();
        if has_lost && !self.state.is_accelerating() {
            self.short_term
                .reduce(self.max_bandwidth.get(), window.cwnd);
        }
    }

    /// BBRSetPacingRate. Until the bandwidth is known to be full, the rate does not shrink.
    fn set_pacing_rate(&mut self, gain: u32) {
        let bandwidth = self.bandwidth();
        if bandwidth == 0 {
            return;
        }
        let rate = u128::from(bandwidth) * u128::from(gain) / 100;
        let rate = u64::try_from(rate).unwrap_or(u64::MAX);
        let rate = with_margin(rate).max(1);
        if self.full_bandwidth.is_reached() || self.pacing_rate.is_none_or(|known| rate > known) {
            self.pacing_rate = Some(rate);
        }
    }

    /// BBRSetCwnd.
    fn set_cwnd(&mut self, window: &mut Window, ack: &Ack) {
        let gain = self.state.cwnd_gain();
        let inflight = self.inflight(window, self.bandwidth(), gain);
        let max = inflight.saturating_add(self.aggregation.extra());
        let grown = window.cwnd.saturating_add(ack.delivered);
        if self.full_bandwidth.is_reached() {
            window.cwnd = grown.min(max);
        } else if window.cwnd < max {
            window.cwnd = grown;
        }
        window.cwnd = window.cwnd.max(min_pipe_cwnd(window));
        if self.state == State::ProbeRtt {
            window.cwnd = window.cwnd.min(self.probe_rtt_cwnd(window));
        }
        self.bound_cwnd(window);
    }

    /// BBRBoundCwndForModel.
    fn bound_cwnd(&self, window: &mut Window) {
        let bound = match self.state {
            State::Down | State::Refill | State::Up => self.inflight_long_term.unwrap_or(u32::MAX),
            State::Cruise | State::ProbeRtt => self.inflight_with_headroom(window),
            State::Startup | State::Drain => u32::MAX,
        };
        let bound = bound.min(self.short_term.inflight());
        window.cwnd = window.cwnd.min(bound.max(min_pipe_cwnd(window)));
    }
}

impl Congestion for Bbr {
    fn on_ack(&mut self, window: &mut Window, ack: &Ack) {
        self.is_recovering = ack.is_recovering;
        if self.pacing_rate.is_none()
            && let Some(smoothed) = ack.smoothed
        {
            // BBRInitPacingRate.
            let micros = u64::try_from(smoothed.as_micros())
                .unwrap_or(u64::MAX)
                .max(1);
            let nominal = u64::from(window.cwnd) * 1_000_000 / micros;
            self.pacing_rate = Some(nominal * u64::from(STARTUP_PACING_GAIN) / 100);
        }
        let delivered_before = self.round.add(ack.delivered);
        if let Some(rate) = &ack.rate {
            let lost = |since| self.losses.since(since);
            let sample = Sample::new(rate, delivered_before + u64::from(ack.delivered), lost);
            self.round.on_sample(&sample);
            self.update_model(window, ack, &sample);
        } else {
            self.min_rtt.update(ack.now, ack.rtt);
        }
        self.set_pacing_rate(self.state.pacing_gain());
        self.set_cwnd(window, ack);
    }

    fn on_lost(&mut self, bytes: u32) {
        self.losses.add(self.round.delivered(), bytes);
    }

    /// Recovery begins. The window follows the model, not the loss.
    fn on_loss(&mut self, window: &mut Window, _now: Instant, _in_flight: u32) {
        self.save_cwnd(window);
        self.before_recovery = (self.short_term, self.inflight_long_term);
        self.losses.begin_recovery(self.round.count());
    }

    fn on_timeout(&mut self, window: &mut Window, now: Instant, in_flight: u32) {
        self.on_loss(window, now, in_flight);
        self.full_bandwidth.reset();
    }

    fn on_recovery_end(&mut self, window: &mut Window) {
        self.is_recovering = false;
        self.restore_cwnd(window);
    }

    fn on_spurious_loss(&mut self, window: &mut Window) {
        let (short_term, long_term) = self.before_recovery;
        self.short_term.raise(&short_term);
        self.inflight_long_term = match (self.inflight_long_term, long_term) {
            (Some(now), Some(before)) => Some(now.max(before)),
            _ => None,
        };
        self.on_recovery_end(window);
    }

    /// BBRHandleRestartFromIdle: nothing is in flight, so that sending at the bandwidth builds no queue.
    fn on_idle(&mut self, _idle: Duration) {
        self.is_idle_restart = true;
        self.aggregation.restart();
        if self.state.is_probe_bw() {
            self.set_pacing_rate(100);
        }
    }

    fn pacing_rate(&self) -> Option<u64> {
        self.pacing_rate
    }

    fn models_path(&self) -> bool {
        true
    }

    fn boxed(&self) -> Option<Box<dyn Congestion>> {
        Some(boxed(self.clone())?)
    }
}
