//! Transmission of segments.

use super::{Connection, Context};
use crate::net::{
    error::Error,
    ip::{Ecn, Egress, PacketHeader, Protocol, TransmitError},
    tcp::{
        isn,
        options::OptionBytes,
        path::max_segment_size,
        receiver::acks::Urgency,
        segment::{Flags, HEADER_LEN, Header},
        sender::{loss::Expiry, transmit::Transmission},
        seq::SeqNumber,
    },
};

/// Bytes that a connection sends before other connections are served.
const TURN: u32 = 64 * 1024;

/// The result of a transmission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing more can be sent now.
    Done,
    /// More can be sent, after other connections.
    More,
    /// The link has no room.
    NoRoom,
}

impl Connection {
    /// Sends what may be sent: a SYN, data, and an acknowledgment that is owed.
    pub fn flush(
        &mut self,
        mtu: u16,
        egress: &mut impl Egress,
        context: &mut Context<'_>,
    ) -> Progress {
        if self.is_closed || self.reset_is_due || self.opening.is_some() {
            return self.flush_control(mtu, egress, context);
        }
        let mut sent = 0;
        while let Some(transmission) = self.sender.next_transmission(context.now) {
            if sent >= TURN {
                return Progress::More;
            }
            match self.send(&transmission, egress, context) {
                Ok(timestamp) => self
                    .sender
                    .transmitted(context.now, &transmission, timestamp),
                Err(TransmitError::NoRoom) => {
                    self.sender.was_not_sent(transmission.length);
                    return Progress::NoRoom;
                }
                Err(_) => {
                    self.sender.was_not_sent(transmission.length);
                    return self.cannot_send(context);
                }
            }
            sent += transmission.length + HEADER_LEN as u32;
            if !self.sender.has_more() {
                break;
            }
        }
        self.sender.after_transmit();
        if self.receiver.urgency() == Urgency::Now {
            match self.send_ack(egress, context) {
                Ok(()) => {}
                Err(TransmitError::NoRoom) => return Progress::NoRoom,
                Err(_) => return self.cannot_send(context),
            }
        }
        Progress::Done
    }

    /// Sends a reset or a SYN, if it is due.
    #[inline(never)]
    fn flush_control(
        &mut self,
        mtu: u16,
        egress: &mut impl Egress,
        context: &mut Context<'_>,
    ) -> Progress {
        if self.is_closed {
            return Progress::Done;
        }
        if self.reset_is_due {
            if self.opening.is_none() {
                self.send_reset(egress, context);
            }
            self.end(Some(Error::ConnectionAborted), context);
            return Progress::Done;
        }
        self.send_syn(mtu, egress, context)
    }

    /// Handles a missing route to the peer, or the removal of our address. The timers retry, and time
    /// out in the end.
    #[cold]
    fn cannot_send(&mut self, context: &mut Context<'_>) -> Progress {
        self.note_soft_error(Error::HostUnreachable);
        if let Some(opening) = &mut self.opening {
            opening.is_due = false;
        }
        self.receiver.ack_sent();
        self.sender.hold_back(context.now);
        Progress::Done
    }

    /// Sends the segment that an expired timer requests.
    #[inline(never)]
    pub fn send_expired(
        &mut self,
        expiry: Expiry,
        egress: &mut impl Egress,
        context: &mut Context<'_>,
    ) {
        let now = context.now;
        let transmission = match expiry {
            Expiry::Transmit => return,
            Expiry::Probe => self.sender.probe_transmission(),
            Expiry::WindowProbe => self.sender.window_probe(),
        };
        let sent = transmission.and_then(|transmission| {
            let timestamp = self.send(&transmission, egress, context).ok()?;
            Some((transmission, timestamp))
        });
        match (expiry, sent) {
            (Expiry::Probe, Some((transmission, timestamp))) => {
                self.sender.probe_transmitted(now, &transmission, timestamp);
            }
            (Expiry::WindowProbe, Some((transmission, timestamp))) => {
                self.sender
                    .window_probe_transmitted(now, &transmission, timestamp);
            }
            (Expiry::Probe, None) => self.sender.probe_is_needless(now),
            (Expiry::Transmit | Expiry::WindowProbe, None | Some(_)) => {}
        }
    }

    /// Sends a segment with data or a FIN; returns its timestamp.
    #[inline(always)]
    fn send(
        &mut self,
        transmission: &Transmission,
        egress: &mut impl Egress,
        context: &mut Context<'_>,
    ) -> Result<Option<u32>, TransmitError> {
        let (ecn, mut flags) = if self.sender.ecn.is_negotiated() {
            self.congestion_signals(transmission)
        } else {
            (Ecn::NotCapable, Flags::ACK)
        };
        if transmission.fin {
            flags = flags | Flags::FIN;
        }
        if transmission.push {
            flags = flags | Flags::PSH;
        }
        let header = self.header(transmission.seq, flags, context);
        let length = header.len();
        let packet = PacketHeader {
            ecn,
            ..self.packet_header(context)
        };
        let sender = &mut self.sender;
        let sent = egress.transmit(
            &packet,
            &mut self.hint,
            length + transmission.length as usize,
            |bytes| {
                header.write(bytes);
                sender.copy_data(transmission, &mut bytes[length..]);
            },
        );
        if let Err(error) = sent {
            if flags.contains(Flags::CWR) {
                self.sender.ecn.owe_cwr();
            }
            return Err(error);
        }
        context.counters.segments_sent += 1;
        context.counters.retransmissions += u64::from(transmission.is_retransmission);
        // Blocks have no room beside full data: an acknowledgment of their own has them.
        if !self.sack || !self.receiver.has_sack_blocks() {
            self.receiver.ack_sent();
        }
        let offset = self.timestamp_offset();
        Ok(offset.map(|offset| isn::timestamp(context.now, offset)))
    }

    /// Sends an acknowledgment without data.
    #[inline(never)]
    pub fn send_ack(
        &mut self,
        egress: &mut impl Egress,
        context: &mut Context<'_>,
    ) -> Result<(), TransmitError> {
        let seq = self.sender.nxt;
        self.send_bare(seq, egress, context)
    }

    /// Sends a keep-alive probe (RFC 9293, section 3.8.4).
    pub(super) fn send_keep_alive(&mut self, egress: &mut impl Egress, context: &mut Context<'_>) {
        let seq = self.sender.nxt - 1;
        let _ = self.send_bare(seq, egress, context);
    }

    fn send_bare(
        &mut self,
        seq: SeqNumber,
        egress: &mut impl Egress,
        context: &mut Context<'_>,
    ) -> Result<(), TransmitError> {
        if !egress.has_room() {
            return Err(TransmitError::NoRoom);
        }
        let mut header = self.bare_header(seq, self.acknowledgment_flags(), context);
        if self.sack && self.receiver.has_sack_blocks() {
            let (blocks, count) = self.receiver.sack_blocks();
            header.options.sack(&blocks[..count]);
        }
        let packet = self.packet_header(context);
        header.transmit(&packet, &mut self.hint, egress)?;
        context.counters.segments_sent += 1;
        self.receiver.ack_sent();
        Ok(())
    }

    /// Sends a reset at our position.
    #[inline(never)]
    pub fn send_reset(&mut self, egress: &mut impl Egress, context: &mut Context<'_>) {
        let header = Header {
            options: OptionBytes::NONE,
            window: 0,
            ..self.bare_header(self.sender.nxt, Flags::RST | Flags::ACK, context)
        };
        let packet = self.packet_header(context);
        let sent = header.transmit(&packet, &mut self.hint, egress);
        context.counters.resets_sent += u64::from(sent.is_ok());
    }

    #[inline(never)]
    fn send_syn(
        &mut self,
        mtu: u16,
        egress: &mut impl Egress,
        context: &mut Context<'_>,
    ) -> Progress {
        let mss = max_segment_size(self.flow.remote, mtu);
        let Some((syn, flags, ack)) = self.syn(context.now, mss) else {
            return Progress::Done;
        };
        let header = Header {
            source_port: self.flow.local_port,
            destination_port: self.flow.remote_port,
            seq: syn.iss,
            ack,
            flags,
            window: syn.window,
            options: syn.options(),
        };
        let packet = self.packet_header(context);
        let sent = header.transmit(&packet, &mut self.hint, egress);
        match sent {
            Ok(()) => {
                context.counters.segments_sent += 1;
                self.syn_sent(context.now);
                Progress::Done
            }
            Err(TransmitError::NoRoom) => Progress::NoRoom,
            Err(_) => self.cannot_send(context),
        }
    }

    /// [`header`](Self::header) of a segment without data: one copy of it for all.
    #[inline(never)]
    fn bare_header(&mut self, seq: SeqNumber, flags: Flags, context: &mut Context<'_>) -> Header {
        self.header(seq, flags, context)
    }

    #[inline(always)]
    fn header(&mut self, seq: SeqNumber, flags: Flags, context: &mut Context<'_>) -> Header {
        let mss = self.mss();
        Header {
            source_port: self.flow.local_port,
            destination_port: self.flow.remote_port,
            seq,
            ack: self.receiver.nxt,
            flags,
            window: self.receiver.offer_window(mss, context.pool),
            options: self.options(context.now),
        }
    }

    fn packet_header(&self, context: &Context<'_>) -> PacketHeader {
        PacketHeader {
            local: context.local,
            remote: self.flow.remote,
            protocol: Protocol::Tcp,
            ecn: Ecn::NotCapable,
        }
    }
}
