//! A segment of an established connection (RFC 9293, section 3.10.7.4).

use super::{Connection, Context, State};
use crate::net::{
    error::Error,
    tcp::{
        compact_time::CoarseTime,
        isn,
        nanos::Nanos,
        receiver::acks::Urgency,
        segment::{Flags, Segment},
        sender::acknowledgment::Echo,
        seq::SeqNumber,
    },
};

/// The minimum interval between challenge ACKs of a connection.
const CHALLENGE_INTERVAL: Nanos = Nanos::from_millis(100);

/// The segment with which the transport has to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// Nothing.
    None,
    /// A challenge ACK (RFC 5961), subject to the rate limit of the source.
    Challenge,
    /// A reset.
    Reset,
}

impl Connection {
    /// Processes a segment in a packet whose IP header begins with `class`.
    pub fn on_segment(
        &mut self,
        segment: &Segment<'_>,
        class: &[u8; 2],
        context: &mut Context<'_>,
    ) -> Reaction {
        let now = context.now;
        let is_reset = segment.flags.contains(Flags::RST);
        if self.receiver.is_old(segment.options.timestamps, now)
            && !is_reset
            && self.timestamp_offset().is_some()
        {
            context.counters.old_timestamps += 1;
            if segment.len() == 0 {
                // Two ends that both answered each other's acknowledgments would never stop.
                return self.challenge(context);
            }
            self.receiver.owe_ack(Urgency::Now);
            return Reaction::None;
        }
        if is_reset {
            return self.on_reset(segment, context);
        }
        if segment.flags.contains(Flags::SYN) {
            return self.challenge(context);
        }
        if !self.receiver.is_acceptable(segment.seq, segment.len()) {
            return self.on_unacceptable(segment, context);
        }
        if !segment.flags.contains(Flags::ACK) {
            return Reaction::None;
        }
        // RFC 5961, section 5: not older than what could be on its way, not newer than what was sent.
        let oldest = self.sender.una - self.sender.max_window();
        if segment.ack.is_before(oldest) || segment.ack.is_after(self.sender.nxt) {
            return self.challenge(context);
        }
        self.received_at = CoarseTime::at(now);
        self.probes_sent = 0;
        self.receiver
            .note_timestamp(segment.seq, segment.options.timestamps, now);
        if self.sender.ecn.is_negotiated() {
            self.on_congestion_signals(segment, class, context);
        }
        self.on_acknowledgment(segment, context);
        if self.is_closed {
            return Reaction::None;
        }
        self.on_urgent(segment);
        let fin = segment.flags.contains(Flags::FIN);
        if !segment.payload.is_empty() || fin {
            return self.on_data(segment, fin, context);
        }
        Reaction::None
    }

    /// RFC 5961, section 3: only a reset at exactly the next byte counts.
    fn on_reset(&mut self, segment: &Segment<'_>, context: &mut Context<'_>) -> Reaction {
        let state = self.state();
        // RFC 1337: otherwise an old reset would end TIME-WAIT.
        if state == State::TimeWait {
            return Reaction::None;
        }
        if segment.seq == self.receiver.nxt {
            context.counters.resets_received += 1;
            let error = match state {
                State::LastAck | State::Closing => None,
                _ => Some(Error::ConnectionReset),
            };
            self.end(error, context);
            return Reaction::None;
        }
        let is_inside = segment.seq.is_within(
            self.receiver.nxt,
            self.receiver.nxt + self.receiver.window(),
        );
        if is_inside {
            self.challenge(context)
        } else {
            Reaction::None
        }
    }

    fn challenge(&mut self, context: &mut Context<'_>) -> Reaction {
        if self.challenged_at.elapsed(context.now) < CHALLENGE_INTERVAL {
            return Reaction::None;
        }
        self.challenged_at = CoarseTime::at(context.now);
        Reaction::Challenge
    }

    /// Handles a segment outside of the window. Answers to retransmissions are never limited: without
    /// them the peer would not learn that its data has arrived.
    fn on_unacceptable(&mut self, segment: &Segment<'_>, context: &mut Context<'_>) -> Reaction {
        // A segment from our present or past, which the peer may repeat because our acknowledgment was
        // lost, or a probe of a closed window.
        let is_repeated = !segment.seq.is_after(self.receiver.nxt)
            || (self.receiver.window() == 0 && segment.seq == self.receiver.nxt);
        if segment.len() > 0 && is_repeated {
            self.receiver.owe_ack(Urgency::Now);
            if segment.seq.is_before(self.receiver.nxt) {
                self.receiver
                    .note_repeated(segment.seq, segment.payload.len() as u32);
            }
            if self.state() == State::TimeWait
                && segment.flags.contains(Flags::FIN)
                && segment.end() == self.receiver.nxt
            {
                self.ends_at = None;
                self.note_state(context.now);
            }
        } else if segment.len() == 0 && segment.seq == self.receiver.nxt - 1 {
            // A keep-alive probe. Two ends with different ideas of each other would never stop if both
            // answered all of them.
            if matches!(self.challenge(context), Reaction::Challenge) {
                self.receiver.owe_ack(Urgency::Now);
            }
        } else {
            return self.challenge(context);
        }
        // The acknowledgment, the window and the urgent pointer of a probe count all the same.
        let acknowledges = segment.flags.contains(Flags::ACK)
            && !segment.ack.is_before(self.sender.una)
            && !segment.ack.is_after(self.sender.nxt);
        if acknowledges {
            self.received_at = CoarseTime::at(context.now);
            self.probes_sent = 0;
            self.on_acknowledgment(segment, context);
            self.on_urgent(segment);
        }
        Reaction::None
    }

    fn on_acknowledgment(&mut self, segment: &Segment<'_>, context: &mut Context<'_>) {
        let was_idle = self.sender.is_idle();
        let echo = match (self.timestamp_offset(), segment.options.timestamps) {
            (Some(offset), Some(timestamps)) => Some(Echo {
                timestamp: timestamps.echo,
                age: isn::timestamp(context.now, offset).wrapping_sub(timestamps.echo),
            }),
            _ => None,
        };
        let advanced = self
            .sender
            .on_segment(context.now, segment, echo, context.pool);
        if advanced {
            self.on_progress();
            if !was_idle && self.sender.is_closed() {
                self.after_closing_step(context);
            }
        }
    }

    /// New data was acknowledged: the peer can be reached, and there is room to write.
    #[inline]
    pub(super) fn on_progress(&mut self) {
        self.soft_error = None;
        self.wake_writer();
    }

    /// Notes urgent data. The reader learns of it before it arrives (RFC 9293, section 3.8.5).
    fn on_urgent(&mut self, segment: &Segment<'_>) {
        if segment.flags.contains(Flags::URG)
            && segment.urgent > 0
            && self
                .receiver
                .note_urgent(segment.seq + u32::from(segment.urgent))
        {
            self.wake_reader();
        }
    }

    fn on_data(&mut self, segment: &Segment<'_>, fin: bool, context: &mut Context<'_>) -> Reaction {
        if self.receiver.is_finished() {
            // There is no data after the FIN.
            self.receiver.owe_ack(Urgency::Now);
            return Reaction::None;
        }
        if self.is_orphan && !segment.payload.is_empty() {
            let end = segment.seq + segment.payload.len() as u32;
            if end.is_after(self.receiver.nxt) {
                // The data will not be read, so the peer receives a reset (RFC 9293, section 3.6.1).
                self.end(Some(Error::ConnectionAborted), context);
                return Reaction::Reset;
            }
        }
        let mss = self.mss();
        let receipt = self.receiver.receive(
            context.now,
            segment.seq,
            segment.payload,
            fin,
            mss,
            context.pool,
        );
        context.counters.out_of_memory += u64::from(receipt.starved);
        if receipt.finished {
            self.peer_closed_first = !self.sender.fin_was_sent();
            self.after_closing_step(context);
        }
        if receipt.readable || receipt.finished {
            self.wake_reader();
        }
        Reaction::None
    }

    /// Updates the state after a FIN was acknowledged or received.
    fn after_closing_step(&mut self, context: &mut Context<'_>) {
        match self.state() {
            State::Closed => self.end(None, context),
            _ => self.note_state(context.now),
        }
    }

    /// Returns the sequence number of a segment that resets this connection.
    pub fn reset_position(&self) -> (SeqNumber, SeqNumber) {
        (self.sender.nxt, self.receiver.nxt)
    }
}
