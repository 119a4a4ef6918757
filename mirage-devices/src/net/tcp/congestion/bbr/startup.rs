//! Startup and Drain (sections 5.3.1 and 5.3.2).

use super::{
    model::{Bbr, State},
    sample::Sample,
};
use crate::net::tcp::congestion::window::{Ack, Window};

/// Acknowledgments with losses in a round that end Startup, if the losses are high (BBR.StartupFullLossCnt).
const LOSS_EVENTS: u8 = 6;

impl Bbr {
    /// BBRCheckStartupHighLoss.
    pub(super) fn check_startup_high_loss(&mut self, window: &Window, ack: &Ack, sample: &Sample) {
        if self.full_bandwidth.is_reached()
            || !ack.is_recovering
            || self.losses.rounds_in_recovery(self.round.count()) == 0
            || self.losses.events() < LOSS_EVENTS
            || !sample.has_high_loss(window.mss)
        {
            return;
        }
        self.full_bandwidth.set_reached();
        let product = self.product(self.max_bandwidth.get(), 100).unwrap_or(0);
        self.inflight_long_term = Some(product.max(self.short_term.latest_inflight()));
    }

    /// BBRCheckStartupDone.
    pub(super) fn check_startup_done(&mut self) {
        if self.state == State::Startup && self.full_bandwidth.is_reached() {
            self.state = State::Drain;
        }
    }

    /// BBRCheckDrainDone.
    pub(super) fn check_drain_done(&mut self, window: &Window, ack: &Ack) {
        if self.state == State::Drain
            && ack.in_flight <= self.inflight(window, self.bandwidth(), 100)
        {
            self.start_down(ack);
        }
    }
}
