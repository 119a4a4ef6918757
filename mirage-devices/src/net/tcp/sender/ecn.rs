//! What explicit congestion notification does to the congestion window (RFC 3168, section 6.1.2).
//!
//! Paths break ECN in three ways, and none of them stops the data:
//!
//! - They drop packets that are ECN-capable, so that nothing arrives before the first timeout. Then data is
//!   not ECN-capable any more.
//! - They mark everything. A window of two segments would be all that is ever sent, so after ten reductions
//!   without an acknowledgment that reports no mark, data is not ECN-capable any more (RFC 9000, appendix A.4,
//!   is the same rule for QUIC). A queue that is really congested drops instead.
//! - They clear the field. Queues then drop instead of marking, as without ECN. The receiver of such data
//!   counts it; its sender cannot notice, because RFC 3168 reports marks alone.

use super::{Sender, transmit::Transmission};
use crate::{net::tcp::seq::SeqNumber, time::Instant};

/// What an echo of congestion has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Nothing: the window was reduced before.
    None,
    /// The window is smaller.
    Reduced,
    /// The window is smaller, and data is no longer sent as ECN-capable.
    Last,
}

impl Sender {
    /// Returns whether a segment is new data: no other may be ECN-capable, and a probe of a closed window is
    /// none either.
    pub fn is_new_data(&self, transmission: &Transmission) -> bool {
        !transmission.is_retransmission
            && transmission.length > 0
            && transmission.length <= self.usable_window()
    }

    /// Returns whether new data is sent as ECN-capable.
    pub fn uses_ecn(&self) -> bool {
        self.ecn.is_used()
    }

    /// The peer has reported congestion in a segment that acknowledges `ack`. Reduces the window, once for a
    /// window of data.
    pub fn on_congestion_echo(&mut self, now: Instant, ack: SeqNumber) -> Reduction {
        // Without new data acknowledged, it says nothing about what is in flight. Data that was not sent as
        // ECN-capable has no marks, whatever is reported.
        if !self.uses_ecn() || !ack.is_after(self.una) || self.has_reduced_window(ack) {
            return Reduction::None;
        }
        self.ecn.note_reduction();
        self.reduced_until = self.nxt;
        if let Some(recovery) = &mut self.recovery {
            // Even if nothing was lost, the window stays reduced.
            recovery.undo.keep_reduction();
            if recovery.is_active() {
                return Reduction::None;
            }
        }
        self.controller
            .on_loss(&mut self.congestion, now, self.last_flight);
        self.congestion.cwnd = self.congestion.cwnd.min(self.congestion.ssthresh);
        if self.ecn.count_reduction() {
            // The marks say nothing about the rate of the path: slow start finds it, from the small window.
            self.congestion.ssthresh = u32::MAX;
            return Reduction::Last;
        }
        Reduction::Reduced
    }

    /// Returns whether the window was reduced for the window of data that `ack` belongs to.
    pub(super) fn has_reduced_window(&self, ack: SeqNumber) -> bool {
        let until = self.reduced_until;
        self.ecn.has_reduced() && !ack.is_after(until) && !until.is_after(self.nxt)
    }

    /// A loss has reduced the window: the peer is told so.
    pub(super) fn note_loss_reduction(&mut self) {
        if self.ecn.is_negotiated() {
            self.ecn.owe_cwr();
        }
    }

    /// The retransmission timer has expired. If no data has ever arrived, the path may drop what is
    /// ECN-capable: later data is not.
    pub(super) fn check_ecn_path(&mut self) {
        if self.una == self.reduced_until && !self.ecn.has_reduced() {
            self.ecn.give_up();
        }
    }
}
