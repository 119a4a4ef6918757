//! Reno (RFC 5681): one segment more in each round trip, and half of the window at a loss.

use super::window::{Ack, Congestion, Window};
use crate::{allocation::boxed, time::Instant};
use alloc::boxed::Box;

/// Reno has no state but the window.
#[derive(Debug, Clone, Copy)]
pub struct Reno;

impl Congestion for Reno {
    fn on_ack(&mut self, window: &mut Window, ack: &Ack) {
        let rest = window.slow_start(ack.delivered);
        if rest > 0 {
            let growth = u64::from(rest) * u64::from(window.mss) / u64::from(window.cwnd);
            window.cwnd = window.cwnd.saturating_add(growth.max(1) as u32);
        }
    }

    fn on_loss(&mut self, window: &mut Window, _now: Instant, in_flight: u32) {
        window.halve(in_flight);
    }

    fn boxed(&self) -> Option<Box<dyn Congestion>> {
        Some(boxed(*self)?)
    }
}
