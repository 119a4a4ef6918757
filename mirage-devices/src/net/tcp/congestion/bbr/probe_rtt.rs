//! ProbeRTT: little in flight for 200 ms, so that the queue is empty when the round-trip time is measured
//! (section 5.3.4).

use super::{
    bounds::min_pipe_cwnd,
    cycle::ProbeRtt,
    model::{Bbr, State},
};
use crate::net::tcp::congestion::window::{Ack, Window};
use core::time::Duration;

/// BBR.ProbeRTTDuration.
const DURATION: Duration = Duration::from_millis(200);

impl Bbr {
    /// BBRCheckProbeRTT.
    pub(super) fn check_probe_rtt(&mut self, window: &mut Window, ack: &Ack) {
        if self.state != State::ProbeRtt && self.min_rtt.is_due() && !self.is_idle_restart {
            self.save_cwnd(window);
            self.state = State::ProbeRtt;
            self.probe_rtt = ProbeRtt::new();
            self.probing.is_stopping = true;
            self.round.start();
        }
        if self.state == State::ProbeRtt {
            self.handle_probe_rtt(window, ack);
        }
        self.is_idle_restart &= ack.delivered == 0;
    }

    /// BBRHandleProbeRTT.
    fn handle_probe_rtt(&mut self, window: &mut Window, ack: &Ack) {
        match self.probe_rtt.done_at {
            None if ack.in_flight <= self.probe_rtt_cwnd(window) => {
                self.probe_rtt.done_at = Some(ack.now + DURATION);
                self.round.start();
            }
            None => {}
            Some(done_at) => {
                self.probe_rtt.round_done |= self.round.is_start();
                if self.probe_rtt.round_done && ack.now > done_at {
                    self.end_probe_rtt(window, ack);
                }
            }
        }
    }

    fn end_probe_rtt(&mut self, window: &mut Window, ack: &Ack) {
        self.min_rtt.set_probed(ack.now);
        self.restore_cwnd(window);
        self.short_term.reset();
        if self.full_bandwidth.is_reached() {
            self.start_down(ack);
            self.start_cruise();
        } else {
            self.state = State::Startup;
        }
    }

    /// BBRProbeRTTCwnd.
    pub(super) fn probe_rtt_cwnd(&self, window: &Window) -> u32 {
        let gain = State::ProbeRtt.cwnd_gain();
        let product = self.product(self.bandwidth(), gain);
        product.unwrap_or(0).max(min_pipe_cwnd(window))
    }
}
