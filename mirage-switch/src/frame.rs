//! What the rules need to know of a frame.

use smoltcp::wire::{
    ArpOperation, ArpPacket, EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket,
    UdpPacket,
};
use std::net::Ipv4Addr;

/// A frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Its source by Ethernet.
    pub(crate) source: [u8; 6],
    pub(crate) content: Content,
}

/// What is in a frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// An ARP request or reply.
    Arp {
        sender_mac: [u8; 6],
        sender: Ipv4Addr,
        target: Ipv4Addr,
    },
    /// An IPv4 packet.
    Ipv4 {
        source: Ipv4Addr,
        destination: Ipv4Addr,
        transport: Transport,
    },
    /// Neither.
    Other,
}

/// What is in a packet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Tcp {
        source: u16,
        destination: u16,
        /// Whether it opens a connection.
        opens: bool,
    },
    Udp {
        source: u16,
        destination: u16,
    },
    Icmp,
    Fragment,
    Other(u8),
    Malformed,
}

impl Frame {
    /// Reads a frame. `None` if it is malformed.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let frame = EthernetFrame::new_checked(bytes).ok()?;
        let content = match frame.ethertype() {
            EthernetProtocol::Arp => arp(frame.payload())?,
            EthernetProtocol::Ipv4 => ipv4(frame.payload())?,
            _ => Content::Other,
        };
        Some(Self {
            source: frame.src_addr().0,
            content,
        })
    }
}

fn arp(payload: &[u8]) -> Option<Content> {
    let packet = ArpPacket::new_checked(payload).ok()?;
    if !matches!(
        packet.operation(),
        ArpOperation::Request | ArpOperation::Reply
    ) {
        return None;
    }
    Some(Content::Arp {
        sender_mac: packet.source_hardware_addr().try_into().ok()?,
        sender: address(packet.source_protocol_addr())?,
        target: address(packet.target_protocol_addr())?,
    })
}

fn address(bytes: &[u8]) -> Option<Ipv4Addr> {
    let bytes: [u8; 4] = bytes.try_into().ok()?;
    Some(bytes.into())
}

fn ipv4(payload: &[u8]) -> Option<Content> {
    let packet = Ipv4Packet::new_checked(payload).ok()?;
    let transport = if packet.more_frags() || packet.frag_offset() != 0 {
        Transport::Fragment
    } else {
        transport(packet.next_header(), packet.payload())
    };
    Some(Content::Ipv4 {
        source: packet.src_addr(),
        destination: packet.dst_addr(),
        transport,
    })
}

fn transport(protocol: IpProtocol, payload: &[u8]) -> Transport {
    match protocol {
        IpProtocol::Tcp => match TcpPacket::new_checked(payload) {
            Ok(segment) => Transport::Tcp {
                source: segment.src_port(),
                destination: segment.dst_port(),
                opens: segment.syn() && !segment.ack(),
            },
            Err(_) => Transport::Malformed,
        },
        IpProtocol::Udp => match UdpPacket::new_checked(payload) {
            Ok(datagram) => Transport::Udp {
                source: datagram.src_port(),
                destination: datagram.dst_port(),
            },
            Err(_) => Transport::Malformed,
        },
        IpProtocol::Icmp => Transport::Icmp,
        other => Transport::Other(other.into()),
    }
}
