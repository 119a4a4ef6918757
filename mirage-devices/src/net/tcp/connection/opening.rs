//! Opening: a connection that this side opens, and how both kinds become established.

use super::{
    Connection, Context, USER_TIMEOUT,
    handshake::{
        Handshake, INITIAL_TIMEOUT, MAX_RETRIES, MAX_TIMEOUT, Opening, Syn, halves, initial_window,
        window_scale,
    },
};
use crate::{
    net::{
        error::Error,
        ip::NextHopHint,
        tcp::{
            compact_time::CoarseTime,
            flow::Flow,
            isn,
            listener::ConnectionConfig,
            nanos::Nanos,
            on_demand::OnDemand,
            options::Timestamps,
            receiver::acks::Urgency,
            segment::{Flags, Segment},
            seq::SeqNumber,
            syn_queue::PeerSyn,
        },
    },
    time::Instant,
};
use alloc::boxed::Box;

impl Connection {
    /// Creates a connection that this side opens. Its SYN is due.
    pub fn connect(
        flow: Flow,
        iss: SeqNumber,
        config: &ConnectionConfig,
        timestamp_offset: u32,
        context: &mut Context<'_>,
    ) -> Self {
        let opening = Opening {
            iss,
            config: *config,
            window: initial_window(config.receive, context.pool),
            peer_syn: None,
            is_due: true,
            retries: 0,
            sent_at: context.now,
            deadline: context.now + INITIAL_TIMEOUT,
        };
        let handshake = Handshake {
            iss,
            peer_syn: PeerSyn::UNKNOWN,
            window: opening.window,
            timestamp_offset,
        };
        Self {
            opening: Some(Box::new(opening)),
            ..Self::established(flow, &handshake, config, context.now)
        }
    }

    /// Creates a connection whose handshake is complete.
    pub fn established(
        flow: Flow,
        handshake: &Handshake,
        config: &ConnectionConfig,
        now: Instant,
    ) -> Self {
        let (sender, receiver) = halves(handshake, config, now);
        let peer_syn = &handshake.peer_syn;
        Self {
            flow,
            hint: NextHopHint::default(),
            is_passive: false,
            opening: None,
            sender,
            receiver,
            error: None,
            soft_error: None,
            is_closed: false,
            peer_closed_first: false,
            is_orphan: false,
            reset_is_due: false,
            is_dirty: false,
            timestamp_offset: handshake.timestamp_offset,
            sack: peer_syn.sack,
            ends_at: None,
            challenged_at: CoarseTime::at(Instant::BOOT),
            received_at: CoarseTime::at(now),
            keep_alive: None,
            probes_sent: 0,
            user_timeout: USER_TIMEOUT,
            reader: None,
            waiters: OnDemand::NONE,
        }
    }

    /// Processes the segment that completed the handshake of a connection that the peer opened, if it is a bare
    /// acknowledgment, as most are. If not, it returns false and changes nothing.
    ///
    /// [`on_segment`](Self::on_segment) would have the same result: nothing is to be sent, and no timer runs.
    pub fn on_bare_acknowledgment(&mut self, segment: &Segment<'_>, now: Instant) -> bool {
        let is_bare = segment.flags == Flags::ACK
            && segment.payload.is_empty()
            && !segment.options.has_sack();
        if is_bare {
            self.sender.update_window(segment);
            self.receiver
                .note_timestamp(segment.seq, segment.options.timestamps, now);
        }
        is_bare
    }

    /// Returns the SYN or SYN|ACK that is due.
    pub(super) fn syn(&mut self, now: Instant, mss: u16) -> Option<(Syn, Flags, SeqNumber)> {
        let offset = self.timestamp_offset();
        let opening = self.opening.as_mut()?;
        if !opening.is_due {
            return None;
        }
        let timestamps = offset.map(|offset| Timestamps {
            value: isn::timestamp(now, offset),
            echo: opening
                .peer_syn
                .and_then(|peer_syn| peer_syn.timestamp)
                .unwrap_or(0),
        });
        let scale = window_scale(opening.config.receive);
        let syn = Syn {
            iss: opening.iss,
            window: opening.window,
            mss,
            window_scale: opening
                .peer_syn
                .is_none_or(|peer_syn| peer_syn.window_scale.is_some())
                .then_some(scale),
            sack: opening.peer_syn.is_none_or(|peer_syn| peer_syn.sack),
            timestamps: timestamps.filter(|_| {
                opening
                    .peer_syn
                    .is_none_or(|peer_syn| peer_syn.timestamp.is_some())
            }),
        };
        Some(match opening.peer_syn {
            None if opening.asks_for_ecn() => {
                (syn, Flags::SYN | Flags::ECE | Flags::CWR, SeqNumber(0))
            }
            None => (syn, Flags::SYN, SeqNumber(0)),
            Some(peer_syn) => (syn, peer_syn.answer_flags(), peer_syn.irs + 1),
        })
    }

    /// Notes that the SYN was sent.
    pub(super) fn syn_sent(&mut self, now: Instant) {
        if let Some(opening) = &mut self.opening {
            opening.is_due = false;
            opening.sent_at = now;
        }
    }

    /// Handles the timer of the handshake.
    pub(super) fn on_opening_timer(&mut self, context: &mut Context<'_>) {
        let Some(opening) = &mut self.opening else {
            return;
        };
        if context.now < opening.deadline {
            return;
        }
        if opening.retries == MAX_RETRIES {
            return self.time_out(context);
        }
        opening.retries += 1;
        opening.is_due = true;
        let timeout = INITIAL_TIMEOUT * (1 << opening.retries);
        opening.deadline = context.now + timeout.min(MAX_TIMEOUT);
        context.counters.retransmissions += 1;
    }

    /// Processes a segment for a connection whose handshake this side has begun (RFC 9293, section
    /// 3.10.7.3). Returns whether a reset has to answer it. If the handshake is complete then, the rest
    /// of the segment is to be processed as that of an established connection.
    pub fn on_opening_segment(
        &mut self,
        segment: &Segment<'_>,
        class: &[u8; 2],
        context: &mut Context<'_>,
    ) -> bool {
        let Some(opening) = &mut self.opening else {
            return false;
        };
        let acknowledges = segment.flags.contains(Flags::ACK);
        if acknowledges && segment.ack != opening.iss + 1 {
            return !segment.flags.contains(Flags::RST);
        }
        if segment.flags.contains(Flags::RST) {
            let is_valid = match opening.peer_syn {
                None => acknowledges,
                Some(peer_syn) => segment.seq == peer_syn.irs + 1,
            };
            if is_valid {
                context.counters.resets_received += 1;
                self.end(Some(Error::ConnectionRefused), context);
            }
            return false;
        }
        if segment.flags.contains(Flags::SYN) {
            let mut peer_syn = PeerSyn::from_syn(segment, class);
            // Of all SYNs, none may be without it.
            peer_syn.ecn &= opening.asks_for_ecn() && opening.peer_syn.is_none_or(|syn| syn.ecn);
            if acknowledges {
                self.establish(&peer_syn, context);
                self.receiver.owe_ack(Urgency::Now);
            } else {
                // Both have opened at once, or the peer repeats its SYN.
                opening.peer_syn = Some(peer_syn);
                opening.is_due = true;
            }
            return false;
        }
        if let Some(peer_syn) = opening.peer_syn
            && acknowledges
            && segment.seq == peer_syn.irs + 1
        {
            self.establish(&peer_syn, context);
        }
        false
    }

    fn establish(&mut self, peer_syn: &PeerSyn, context: &mut Context<'_>) {
        let Some(opening) = self.opening.take() else {
            return;
        };
        let now = context.now;
        let handshake = Handshake {
            iss: opening.iss,
            peer_syn: *peer_syn,
            window: opening.window,
            timestamp_offset: self.timestamp_offset,
        };
        let (sender, receiver) = halves(&handshake, &opening.config, now);
        self.sender = sender;
        self.receiver = receiver;
        self.sack = peer_syn.sack;
        if opening.retries == 0 {
            let rtt = Nanos::between(opening.sent_at, now);
            self.sender.rtt.add(rtt, now);
        } else {
            self.sender.handshake_was_lossy();
        }
        self.received_at = CoarseTime::at(now);
        self.soft_error = None;
        context.counters.connected += 1;
        self.wake_writer();
    }
}
