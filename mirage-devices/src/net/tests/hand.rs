//! A peer without a stack: frames made and read by hand.

use super::{
    cable::End,
    client::{Bench, CLIENT, SERVER},
};
use crate::net::link::{Link, Receive, Transmit};
use core::{net::Ipv4Addr, time::Duration};
use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
        EthernetRepr, IpProtocol, Ipv4Packet, Ipv4Repr, TcpControl, TcpPacket, TcpRepr,
        TcpSeqNumber,
    },
};
use std::{vec, vec::Vec};

pub(super) const SERVER_MAC: EthernetAddress = EthernetAddress([2, 0, 0, 0, 0, 1]);
pub(super) const HAND_MAC: EthernetAddress = EthernetAddress([2, 0, 0, 0, 0, 2]);

/// The fields of a TCP segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// The address and port of the hand.
    pub(super) peer: (Ipv4Addr, u16),
    pub(super) port: u16,
    pub(super) control: TcpControl,
    pub(super) sequence: u32,
    pub(super) acknowledges: Option<u32>,
    pub(super) payload: Vec<u8>,
}

impl Segment {
    /// A SYN to a port of the server's.
    pub(super) fn syn(from: u16, port: u16) -> Self {
        Self {
            peer: (CLIENT, from),
            port,
            control: TcpControl::Syn,
            sequence: 1000,
            acknowledges: None,
            payload: Vec::new(),
        }
    }

    /// The sequence number after this segment.
    pub(super) fn end(&self) -> u32 {
        let control = u32::from(matches!(self.control, TcpControl::Syn | TcpControl::Fin));
        self.sequence + control + self.payload.len() as u32
    }

    /// The frame that carries it from the hand to the server.
    pub(super) fn frame(&self) -> Vec<u8> {
        let tcp = TcpRepr {
            src_port: self.peer.1,
            dst_port: self.port,
            control: self.control,
            seq_number: TcpSeqNumber(self.sequence as i32),
            ack_number: self.acknowledges.map(|number| TcpSeqNumber(number as i32)),
            window_len: 8192,
            window_scale: None,
            max_seg_size: None,
            sack_permitted: false,
            sack_ranges: [None; 3],
            timestamp: None,
            payload: &self.payload,
        };
        ip_frame(self.peer.0, IpProtocol::Tcp, tcp.buffer_len(), |bytes| {
            tcp.emit(
                &mut TcpPacket::new_unchecked(bytes),
                &self.peer.0.into(),
                &SERVER.into(),
                &ChecksumCapabilities::default(),
            );
        })
    }
}

/// An Ethernet frame to the server.
pub(super) fn ethernet_frame(
    kind: EthernetProtocol,
    length: usize,
    fill: impl FnOnce(&mut [u8]),
) -> Vec<u8> {
    let mut bytes = vec![0; 14 + length];
    let ethernet = EthernetRepr {
        src_addr: HAND_MAC,
        dst_addr: SERVER_MAC,
        ethertype: kind,
    };
    ethernet.emit(&mut EthernetFrame::new_unchecked(&mut bytes[..]));
    fill(&mut bytes[14..]);
    bytes
}

/// A frame with an IP packet to the server.
pub(super) fn ip_frame(
    from: Ipv4Addr,
    protocol: IpProtocol,
    length: usize,
    fill: impl FnOnce(&mut [u8]),
) -> Vec<u8> {
    let ip = Ipv4Repr {
        src_addr: from,
        dst_addr: SERVER,
        next_header: protocol,
        payload_len: length,
        hop_limit: 64,
    };
    ethernet_frame(EthernetProtocol::Ipv4, 20 + length, |bytes| {
        ip.emit(
            &mut Ipv4Packet::new_unchecked(&mut bytes[..]),
            &ChecksumCapabilities::default(),
        );
        fill(&mut bytes[20..]);
    })
}

/// An ARP packet from `from` to the server.
pub(super) fn arp_frame(operation: ArpOperation, from: Ipv4Addr) -> Vec<u8> {
    let arp = ArpRepr::EthernetIpv4 {
        operation,
        source_hardware_addr: HAND_MAC,
        source_protocol_addr: from,
        target_hardware_addr: SERVER_MAC,
        target_protocol_addr: SERVER,
    };
    ethernet_frame(EthernetProtocol::Arp, arp.buffer_len(), |bytes| {
        arp.emit(&mut ArpPacket::new_unchecked(bytes));
    })
}

/// The stack under test, and the other end of its cable in the hand.
pub(super) struct ByHand {
    pub(super) bench: Bench,
    end: End,
}

impl ByHand {
    /// The server knows the MAC address of [`CLIENT`] already.
    pub(super) fn new() -> Self {
        let (bench, end) = Bench::without_client();
        let mut hand = Self { bench, end };
        // The server probes its address three times, and announces it twice.
        hand.bench.world.pass(Duration::from_secs(7));
        assert_eq!(hand.frames().len(), 5, "probes and announcements");
        hand.push(&arp_frame(ArpOperation::Request, CLIENT));
        assert_eq!(hand.frames().len(), 1, "the ARP request was not answered");
        hand
    }

    pub(super) fn push(&mut self, frame: &[u8]) {
        let (_, transmitter) = self.end.split();
        transmitter
            .push(frame.len(), |bytes| bytes.copy_from_slice(frame))
            .expect("no room on the cable");
    }

    /// As [`ByHand::push`], but all of a burst arrive at once, and a frame may be longer than the
    /// link carries.
    pub(super) fn inject(&mut self, frame: &[u8]) {
        self.end.inject(frame);
    }

    /// Lets the server work on what was pushed; every frame that it has sent.
    pub(super) fn frames(&mut self) -> Vec<Vec<u8>> {
        self.bench.world.pass(Duration::from_millis(20));
        let mut frames = Vec::new();
        let (receiver, _) = self.end.split();
        while let Some(frame) = receiver.front() {
            frames.push(frame.to_vec());
            receiver.pop();
        }
        frames
    }

    /// The TCP segments among [`ByHand::frames`].
    pub(super) fn segments(&mut self) -> Vec<Segment> {
        let frames = self.frames();
        frames.iter().filter_map(|frame| read(frame)).collect()
    }

    /// Sends a segment and returns the server's answers.
    pub(super) fn exchange(&mut self, segment: &Segment) -> Vec<Segment> {
        self.push(&segment.frame());
        self.segments()
    }

    /// The server's one answer to a segment.
    pub(super) fn ask(&mut self, segment: &Segment) -> Segment {
        let mut answers = self.exchange(segment);
        assert_eq!(answers.len(), 1, "to {segment:?}: {answers:?}");
        answers.remove(0)
    }

    /// Opens a connection; the segment that is next to be sent on it, an empty acknowledgement.
    pub(super) fn open(&mut self, from: u16, port: u16) -> Segment {
        let syn = Segment::syn(from, port);
        let answer = self.ask(&syn);
        assert_eq!(answer.control, TcpControl::Syn);
        let next = Segment {
            control: TcpControl::None,
            sequence: syn.end(),
            acknowledges: Some(answer.end()),
            ..syn
        };
        assert_eq!(self.exchange(&next), []);
        next
    }
}

/// The segment that a frame from the server carries, checksums verified; `None` if it is none.
pub(super) fn read(frame: &[u8]) -> Option<Segment> {
    let ethernet = EthernetFrame::new_checked(frame).unwrap();
    if ethernet.ethertype() != EthernetProtocol::Ipv4 {
        return None;
    }
    let checksums = ChecksumCapabilities::default();
    let packet = Ipv4Packet::new_checked(ethernet.payload()).unwrap();
    let ip = Ipv4Repr::parse(&packet, &checksums).unwrap();
    if ip.next_header != IpProtocol::Tcp {
        return None;
    }
    let packet = TcpPacket::new_checked(packet.payload()).unwrap();
    let (from, to) = (ip.src_addr.into(), ip.dst_addr.into());
    let tcp = TcpRepr::parse(&packet, &from, &to, &checksums).unwrap();
    Some(Segment {
        peer: (ip.dst_addr, tcp.dst_port),
        port: tcp.src_port,
        control: tcp.control,
        sequence: tcp.seq_number.0 as u32,
        acknowledges: tcp.ack_number.map(|number| number.0 as u32),
        payload: tcp.payload.to_vec(),
    })
}
