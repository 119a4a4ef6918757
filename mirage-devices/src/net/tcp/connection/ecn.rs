//! Explicit congestion notification (RFC 3168): what segments of an established connection say of it.

use super::{Connection, Context};
use crate::net::{
    ip::Ecn,
    tcp::{
        receiver::acks::Urgency,
        segment::{Flags, Segment},
        sender::{ecn::Reduction, transmit::Transmission},
    },
};

impl Connection {
    /// Processes what an acceptable segment in a packet whose IP header begins with `class` says of congestion,
    /// on a connection with ECN.
    #[cold]
    #[inline(never)]
    pub(super) fn on_congestion_signals(
        &mut self,
        segment: &Segment<'_>,
        class: &[u8; 2],
        context: &mut Context<'_>,
    ) {
        let counters = &mut *context.counters;
        let ecn = Ecn::from_class(class);
        // A mark with CWR is a new one.
        if segment.flags.contains(Flags::CWR) {
            self.sender.ecn.set_echoes(false);
        }
        // Only data is ECN-capable: a mark of another segment is not one (section 6.1.4).
        if !segment.payload.is_empty() {
            let is_first = self.sender.ecn.note_data();
            counters.ecn_cleared += u64::from(is_first && ecn == Ecn::NotCapable);
            if ecn == Ecn::CongestionExperienced {
                counters.marks_received += 1;
                self.sender.ecn.set_echoes(true);
                self.receiver.owe_ack(Urgency::Now);
            }
        }
        if !segment.flags.contains(Flags::ECE) {
            if segment.ack.is_after(self.sender.una) {
                self.sender.ecn.note_unmarked();
            }
            return;
        }
        let reduction = self.sender.on_congestion_echo(context.now, segment.ack);
        counters.ecn_reductions += u64::from(reduction != Reduction::None);
        counters.ecn_failed += u64::from(reduction == Reduction::Last);
    }

    /// The control bits of an acknowledgment, which reports congestion until the peer has reacted.
    #[inline(always)]
    pub(super) fn acknowledgment_flags(&self) -> Flags {
        if self.sender.ecn.echoes() {
            Flags::ACK | Flags::ECE
        } else {
            Flags::ACK
        }
    }

    /// The ECN field and the control bits of a segment on a connection with ECN: only new data inside of the
    /// window is ECN-capable, and tells that the window was reduced (sections 6.1.2, 6.1.5 and 6.1.6).
    #[cold]
    #[inline(never)]
    pub(super) fn congestion_signals(&mut self, transmission: &Transmission) -> (Ecn, Flags) {
        let flags = self.acknowledgment_flags();
        if !self.sender.is_new_data(transmission) {
            return (Ecn::NotCapable, flags);
        }
        let field = if self.sender.uses_ecn() {
            Ecn::Capable0
        } else {
            Ecn::NotCapable
        };
        if self.sender.ecn.take_cwr() {
            (field, flags | Flags::CWR)
        } else {
            (field, flags)
        }
    }
}
