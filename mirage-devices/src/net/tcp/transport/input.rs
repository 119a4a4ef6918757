//! Received segments.

use super::Transport;
use crate::{
    net::{
        ip::{Ecn, Egress, NextHopHint, Packet, PacketHeader, Protocol},
        tcp::{
            connection::input::Reaction,
            flow::Flow,
            flow_table::Entry,
            isn,
            options::{OptionBytes, Timestamps},
            path::max_segment_size,
            segment::{Flags, Header, Segment},
            seq::SeqNumber,
        },
    },
    time::Instant,
};

/// A received segment and where it belongs.
#[derive(Clone, Copy)]
pub(super) struct Received<'a> {
    pub(super) now: Instant,
    pub(super) flow: Flow,
    pub(super) hash: u32,
    pub(super) segment: &'a Segment<'a>,
    /// The beginning of the packet's IP header.
    pub(super) class: &'a [u8; 2],
}

impl Transport {
    /// Processes a packet whose protocol is TCP. Returns false if it is malformed.
    #[inline]
    pub fn input(&mut self, now: Instant, packet: &Packet<'_>, egress: &mut impl Egress) -> bool {
        let Some(&[a, b, c, d]) = packet.payload.first_chunk() else {
            return false;
        };
        let Some(local) = self.local(packet.local) else {
            return true;
        };
        let flow = Flow {
            remote: packet.remote,
            remote_port: u16::from_be_bytes([a, b]),
            local_port: u16::from_be_bytes([c, d]),
            local,
        };
        let hash = self.secrets.flows.hash(&flow);
        let first = self.flows.first(hash);
        if let Some(Entry::Connection(index)) = first
            && !packet.is_marked()
            && self.on_predicted(index, &flow, packet.payload, now, egress)
        {
            return true;
        }
        let Some(segment) = Segment::parse(packet.payload) else {
            return false;
        };
        let received = Received {
            now,
            flow,
            hash,
            segment: &segment,
            class: packet.class,
        };
        self.on_unpredicted(first, &received, egress);
        true
    }

    /// Processes a segment of `flow` if that is the connection's and the segment is a predicted one; returns
    /// whether it was.
    #[inline(always)]
    fn on_predicted(
        &mut self,
        index: u32,
        flow: &Flow,
        bytes: &[u8],
        now: Instant,
        egress: &mut impl Egress,
    ) -> bool {
        #[cfg(test)]
        if !self.is_predicting {
            return false;
        }
        let Some(segment) = Segment::parse_predicted(bytes) else {
            return false;
        };
        let Some(connection) = self.connections.get_mut(index) else {
            return false;
        };
        if connection.flow != *flow {
            return false;
        }
        if !connection.on_predicted(&segment, now, &mut self.pool, &mut self.counters) {
            return false;
        }
        self.counters.segments_received += 1;
        connection.confirm_next_hop(egress);
        // The flush that follows arms its timer.
        if !connection.is_dirty {
            connection.is_dirty = true;
            self.dirty.push_back(index);
        }
        true
    }

    #[inline(never)]
    fn on_unpredicted(
        &mut self,
        first: Option<Entry>,
        received: &Received<'_>,
        egress: &mut impl Egress,
    ) {
        self.counters.segments_received += 1;
        match first.and_then(|first| self.entry_of(first, received.hash, &received.flow)) {
            Some(Entry::Connection(index)) => self.on_connection(index, received, egress),
            Some(Entry::HalfOpen(index)) => self.on_half_open(index, received, egress),
            Some(Entry::TimeWait(index)) => self.on_time_wait(index, received, egress),
            None => self.on_unknown(received, None, egress),
        }
    }

    /// Processes a segment of a connection.
    pub(super) fn on_connection(
        &mut self,
        index: u32,
        received: &Received<'_>,
        egress: &mut impl Egress,
    ) {
        let &Received { now, segment, .. } = received;
        let mss = max_segment_size(received.flow.remote, self.mtu);
        let Some((connection, mut context)) = self.connection(index, now) else {
            return;
        };
        if connection.is_opening() {
            let needs_reset = connection.on_opening_segment(segment, received.class, &mut context);
            let is_complete = !connection.is_opening() && !connection.is_closed();
            if is_complete {
                connection.limit_segment_size(mss);
            }
            if is_complete && !segment.flags.contains(Flags::SYN) {
                connection.on_segment(segment, received.class, &mut context);
            }
            if needs_reset {
                self.reset(received, egress);
            }
        } else {
            let before = connection.progress_in_doubt();
            let reaction = connection.on_segment(segment, received.class, &mut context);
            connection.confirm_if_progress(before, egress);
            match reaction {
                Reaction::None => {}
                Reaction::Challenge => self.challenge(index, received, egress),
                Reaction::Reset => connection.send_reset(egress, &mut context),
            }
        }
        self.mark_dirty(index);
        self.settle(index, now);
    }

    /// Sends a challenge ACK (RFC 5961), unless the rate limit of the source is exceeded.
    fn challenge(&mut self, index: u32, received: &Received<'_>, egress: &mut impl Egress) {
        if !self.answers.allow(received.now, received.flow.remote) {
            self.counters.answers_limited += 1;
            return;
        }
        if let Some((connection, mut context)) = self.connection(index, received.now) {
            // Without room it is dropped.
            let _ = connection.send_ack(egress, &mut context);
        }
    }

    /// Processes a segment of a connection in TIME-WAIT (RFC 9293, section 3.10.7.4; RFC 6191). A reset
    /// is ignored (RFC 1337).
    fn on_time_wait(&mut self, index: u32, received: &Received<'_>, egress: &mut impl Egress) {
        let &Received { now, segment, .. } = received;
        let Some(record) = self.time_waits.get(index).copied() else {
            return;
        };
        if segment.flags.contains(Flags::RST) {
            return;
        }
        if segment.flags.contains(Flags::SYN) && !segment.flags.contains(Flags::ACK) {
            let is_newer = match (record.timestamps, segment.options.timestamps) {
                (Some((recent, _)), Some(timestamps)) => {
                    SeqNumber(timestamps.value).is_after(SeqNumber(recent))
                }
                _ => false,
            };
            if is_newer || segment.seq.is_after(record.peer_nxt) {
                self.time_waits.remove(index);
                self.flows.remove(received.hash, Entry::TimeWait(index));
                return self.on_unknown(received, Some(record.nxt), egress);
            }
        }
        if segment.flags.contains(Flags::FIN) && segment.end() == record.peer_nxt {
            self.time_waits.prolong(index, now);
        }
        if segment.len() > 0 && self.answers.allow(now, received.flow.remote) {
            let mut options = OptionBytes::NONE;
            if let Some((recent, offset)) = record.timestamps {
                options.timestamps(Timestamps {
                    value: isn::timestamp(now, offset),
                    echo: recent,
                });
            }
            let header = Header {
                source_port: record.flow.local_port,
                destination_port: record.flow.remote_port,
                seq: record.nxt,
                ack: record.peer_nxt,
                flags: Flags::ACK,
                window: 0,
                options,
            };
            self.send(&record.flow, &header, egress);
        }
    }

    /// Answers a segment with a reset (RFC 9293, section 3.5.2), unless the rate limit of its source is
    /// exceeded. This host's own segments are not limited.
    pub(super) fn reset(&mut self, received: &Received<'_>, egress: &mut impl Egress) {
        let segment = received.segment;
        if segment.flags.contains(Flags::RST) {
            return;
        }
        let local = self.locals.get(usize::from(received.flow.local.0));
        let is_looped = local == Some(&received.flow.remote);
        if !is_looped && !self.answers.allow(received.now, received.flow.remote) {
            self.counters.answers_limited += 1;
            return;
        }
        let (seq, ack, flags) = if segment.flags.contains(Flags::ACK) {
            (segment.ack, SeqNumber(0), Flags::RST)
        } else {
            (SeqNumber(0), segment.end(), Flags::RST | Flags::ACK)
        };
        let header = Header {
            source_port: received.flow.local_port,
            destination_port: received.flow.remote_port,
            seq,
            ack,
            flags,
            window: 0,
            options: OptionBytes::NONE,
        };
        self.send(&received.flow, &header, egress);
        self.counters.resets_sent += 1;
    }

    /// Sends a segment without data. Without room it is dropped.
    pub(super) fn send(&mut self, flow: &Flow, header: &Header, egress: &mut impl Egress) {
        let packet = PacketHeader {
            local: self.local_address(flow.local),
            remote: flow.remote,
            protocol: Protocol::Tcp,
            ecn: Ecn::NotCapable,
        };
        let sent = header.transmit(&packet, &mut NextHopHint::default(), egress);
        self.counters.segments_sent += u64::from(sent.is_ok());
    }
}
