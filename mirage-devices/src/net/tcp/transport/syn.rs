//! Connections that peers open: the SYN queue, cookies, and the accept queue.

use super::{Transport, input::Received};
use crate::{
    net::{
        ip::Egress,
        spare::has_spare,
        tcp::{
            connection::{
                Connection,
                handshake::{Handshake, Syn, initial_window, window_scale},
            },
            ecn::EcnMode,
            flow::Flow,
            flow_table::Entry,
            isn,
            options::Timestamps,
            path::max_segment_size,
            pool::SMALL_PAGE,
            segment::{Flags, Header},
            seq::SeqNumber,
            syn_cookie,
            syn_queue::{HalfOpen, MAX_HALF_OPEN_PER_PORT, PeerSyn},
        },
    },
    time::Instant,
};
use alloc::boxed::Box;

/// The window that is advertised with a cookie. A cookie cannot carry it, so it is what every connection
/// may use beside the budget.
const COOKIE_WINDOW: u16 = SMALL_PAGE as u16;

impl Transport {
    /// Processes a segment that belongs to no connection (RFC 9293, sections 3.10.7.1 and 3.10.7.2).
    /// `previous` is SND.NXT of the connection in TIME-WAIT that the flow had, if there was one.
    pub(super) fn on_unknown(
        &mut self,
        received: &Received<'_>,
        previous: Option<SeqNumber>,
        egress: &mut impl Egress,
    ) {
        let &Received {
            now, flow, segment, ..
        } = received;
        let flags = segment.flags;
        if flags.contains(Flags::RST) {
            return;
        }
        let acknowledges = flags.contains(Flags::ACK);
        if flags.contains(Flags::SYN) && !acknowledges && !flags.contains(Flags::FIN) {
            return self.on_syn(received, previous, egress);
        }
        let Some(listener) = self.listeners.get(flow.local_port) else {
            return self.reset(received, egress);
        };
        if !acknowledges {
            return;
        }
        if !flags.contains(Flags::SYN) && listener.takes_cookies(now) {
            return self.on_cookie(received, egress);
        }
        self.reset(received, egress);
    }

    fn on_syn(
        &mut self,
        received: &Received<'_>,
        previous: Option<SeqNumber>,
        egress: &mut impl Egress,
    ) {
        let &Received {
            now,
            flow,
            hash,
            segment,
            class,
        } = received;
        let Some(listener) = self.listeners.get_mut(flow.local_port) else {
            return self.reset(received, egress);
        };
        if listener.is_full() {
            self.counters.connections_full += 1;
            return;
        }
        if listener.accept_queue_is_full() {
            self.counters.accept_queue_full += 1;
            return;
        }
        let receive = listener.config.receive;
        let mut peer_syn = PeerSyn::from_syn(segment, class);
        peer_syn.ecn &= listener.config.ecn != EcnMode::Off;
        if self.syn_queue.is_full() || listener.half_open >= MAX_HALF_OPEN_PER_PORT {
            listener.note_overflow(now);
            return self.send_cookie(&flow, &peer_syn, receive, now, egress);
        }
        // A cookie would only postpone what memory is short for, and the peer could send data meanwhile.
        let has_memory = !self.syn_queue.grows() && !self.flows.is_full()
            || has_spare(
                self.syn_queue.len() + self.connections.len(),
                listener.accept_queue.len(),
            );
        if !has_memory {
            self.counters.out_of_memory += 1;
            return;
        }
        let offsets = isn::Offsets::new(&self.secrets, &flow);
        let iss = offsets.initial_sequence_number(now);
        // Larger than any number of the previous connection (RFC 9293, section 3.6.1).
        let iss = previous.map_or(iss, |nxt| iss.max(nxt + 1));
        let window = initial_window(receive, &self.pool);
        let record = HalfOpen::new(flow, hash, iss, offsets.timestamps, window, peer_syn, now);
        let index = self.syn_queue.insert(record).filter(|index| {
            let is_added = self.flows.insert(hash, Entry::HalfOpen(*index));
            if !is_added {
                self.syn_queue.remove(*index);
            }
            is_added
        });
        if index.is_none() {
            self.counters.out_of_memory += 1;
            return;
        }
        listener.half_open += 1;
        self.send_syn_ack(&record, receive, now, egress);
    }

    /// Sends the SYN|ACK of a half-open connection again.
    pub(super) fn resend_syn_ack(
        &mut self,
        record: &HalfOpen,
        now: Instant,
        egress: &mut impl Egress,
    ) {
        let Some(listener) = self.listeners.get(record.flow.local_port) else {
            return;
        };
        self.send_syn_ack(record, listener.config.receive, now, egress);
    }

    /// Sends the SYN|ACK of a half-open connection of a port whose largest window is `receive`.
    fn send_syn_ack(
        &mut self,
        record: &HalfOpen,
        receive: u32,
        now: Instant,
        egress: &mut impl Egress,
    ) {
        let clock = isn::timestamp(now, record.timestamp_offset);
        self.answer_syn(&record.flow, &handshake(record), receive, clock, egress);
    }

    fn send_cookie(
        &mut self,
        flow: &Flow,
        peer_syn: &PeerSyn,
        receive: u32,
        now: Instant,
        egress: &mut impl Egress,
    ) {
        let (iss, offset) = syn_cookie::make(&self.secrets, flow, peer_syn, now);
        // Without timestamps the cookie cannot carry the window scale and SACK.
        let has_timestamp = peer_syn.timestamp.is_some();
        let peer_syn = PeerSyn {
            window_scale: peer_syn.window_scale.filter(|_| has_timestamp),
            sack: peer_syn.sack && has_timestamp,
            // A cookie has no room for it.
            ecn: false,
            ..*peer_syn
        };
        let clock = syn_cookie::timestamp(&peer_syn, isn::timestamp(now, offset));
        let handshake = Handshake {
            iss,
            peer_syn,
            window: COOKIE_WINDOW,
            timestamp_offset: offset,
        };
        self.answer_syn(flow, &handshake, receive, clock, egress);
        self.counters.cookies_sent += 1;
    }

    #[inline(never)]
    fn answer_syn(
        &mut self,
        flow: &Flow,
        handshake: &Handshake,
        receive: u32,
        clock: u32,
        egress: &mut impl Egress,
    ) {
        let peer_syn = &handshake.peer_syn;
        let syn = Syn {
            iss: handshake.iss,
            window: handshake.window,
            mss: max_segment_size(flow.remote, self.mtu),
            window_scale: peer_syn.window_scale.map(|_| window_scale(receive)),
            sack: peer_syn.sack,
            timestamps: peer_syn
                .timestamp
                .map(|echo| Timestamps { value: clock, echo }),
        };
        let header = Header {
            source_port: flow.local_port,
            destination_port: flow.remote_port,
            seq: syn.iss,
            ack: peer_syn.irs + 1,
            flags: peer_syn.answer_flags(),
            window: syn.window,
            options: syn.options(),
        };
        self.send(flow, &header, egress);
    }

    /// Processes a segment of a half-open connection (RFC 9293, section 3.10.7.4, SYN-RECEIVED).
    pub(super) fn on_half_open(
        &mut self,
        index: u32,
        received: &Received<'_>,
        egress: &mut impl Egress,
    ) {
        let &Received {
            now,
            flow,
            segment,
            class,
            ..
        } = received;
        let Some(mut record) = self.syn_queue.get(index).copied() else {
            return;
        };
        let expected = record.peer_syn.irs + 1;
        if segment.flags.contains(Flags::RST) {
            if segment.seq == expected {
                self.remove_half_open(index);
            }
            return;
        }
        if segment.flags.contains(Flags::SYN) {
            if segment.seq == record.peer_syn.irs && !segment.flags.contains(Flags::ACK) {
                if !PeerSyn::from_syn(segment, class).ecn {
                    self.syn_queue.clear_ecn(index);
                    record.peer_syn.ecn = false;
                }
                self.resend_syn_ack(&record, now, egress);
            } else if self.answers.allow(now, flow.remote) {
                // A challenge ACK: the peer resets the connection if it has opened another.
                self.resend_syn_ack(&record, now, egress);
            }
            return;
        }
        if !segment.flags.contains(Flags::ACK) {
            return;
        }
        if segment.ack != record.iss + 1 {
            return self.reset(received, egress);
        }
        let window = u32::from(record.window.max(1));
        let is_inside =
            segment.seq == expected || segment.seq.is_within(expected, expected + window);
        if !is_inside {
            return;
        }
        let old = (record.peer_syn.timestamp, segment.options.timestamps);
        if let (Some(recent), Some(timestamps)) = old
            && SeqNumber(timestamps.value).is_before(SeqNumber(recent))
        {
            return;
        }
        if !self.can_accept(flow.local_port) {
            return;
        }
        self.establish(received, &handshake(&record), Some(index), egress);
    }

    /// Processes an acknowledgment that may be of a cookie.
    fn on_cookie(&mut self, received: &Received<'_>, egress: &mut impl Egress) {
        let &Received {
            now, flow, segment, ..
        } = received;
        let timestamps = segment
            .options
            .timestamps
            .map(|timestamps| (timestamps.value, timestamps.echo));
        let opened = syn_cookie::open(
            &self.secrets,
            &flow,
            segment.seq,
            segment.ack,
            segment.window,
            timestamps,
            now,
        );
        let Some((peer_syn, offset)) = opened else {
            return self.reset(received, egress);
        };
        if !self.can_accept(flow.local_port) {
            return;
        }
        self.counters.cookies_accepted += 1;
        let handshake = Handshake {
            iss: segment.ack - 1,
            peer_syn,
            window: COOKIE_WINDOW,
            timestamp_offset: offset,
        };
        self.establish(received, &handshake, None, egress);
    }

    /// Returns whether the accept queue has room and there is memory. If not, the peer's acknowledgment
    /// is ignored, and the SYN|ACK is retransmitted later.
    fn can_accept(&mut self, port: u16) -> bool {
        let Some(listener) = self.listeners.get(port) else {
            return false;
        };
        // More handshakes may have begun than connections are left.
        if listener.is_full() {
            self.counters.connections_full += 1;
            return false;
        }
        if listener.accept_queue_is_full() {
            self.counters.accept_queue_full += 1;
            return false;
        }
        let has_spare = has_spare(self.connections.len(), listener.accept_queue.len() + 1);
        self.counters.out_of_memory += u64::from(!has_spare);
        has_spare
    }

    /// Creates the connection of a complete handshake, whose record was `half_open` unless it was a cookie.
    fn establish(
        &mut self,
        received: &Received<'_>,
        handshake: &Handshake,
        half_open: Option<u32>,
        egress: &mut impl Egress,
    ) {
        let &Received {
            now,
            flow,
            hash,
            segment,
            ..
        } = received;
        let Some(listener) = self.listeners.get(flow.local_port) else {
            return;
        };
        let config = &listener.config;
        let mut connection = Connection::established(flow, handshake, config, now);
        connection.is_passive = true;
        connection.limit_segment_size(max_segment_size(flow.remote, self.mtu));
        let is_complete = connection.on_bare_acknowledgment(segment, now);
        let Some(index) = self.add(hash, Box::new(connection), half_open) else {
            return;
        };
        self.counters.accepted += 1;
        // The window was offered with the SYN.
        if let Some(connection) = self.connections.get_mut(index) {
            connection.receiver.settle(&mut self.pool);
        }
        if let Some(record) = half_open {
            self.syn_queue.remove(record);
        }
        if let Some(listener) = self.listeners.get_mut(flow.local_port) {
            listener.half_open = listener
                .half_open
                .saturating_sub(u16::from(half_open.is_some()));
            listener.connections += 1;
            listener.push(index);
        }
        if !is_complete {
            self.on_connection(index, received, egress);
        }
    }

    fn remove_half_open(&mut self, index: u32) {
        if let Some(record) = self.syn_queue.remove(index) {
            self.flows.remove(record.hash, Entry::HalfOpen(index));
            self.forget_half_open(record.flow.local_port);
        }
    }

    /// Counts one half-open connection of a port less.
    pub(super) fn forget_half_open(&mut self, port: u16) {
        if let Some(listener) = self.listeners.get_mut(port) {
            listener.half_open = listener.half_open.saturating_sub(1);
        }
    }
}

/// Returns the handshake of a half-open connection.
fn handshake(record: &HalfOpen) -> Handshake {
    Handshake {
        iss: record.iss,
        peer_syn: record.peer_syn,
        window: record.window,
        timestamp_offset: record.timestamp_offset,
    }
}
