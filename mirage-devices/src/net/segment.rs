//! A look at a frame before the stack sees it: does it open or reset a connection, and which?

use core::net::{Ipv4Addr, SocketAddrV4};
use smoltcp::wire::{EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket};

/// The two ends of a TCP connection, as this side names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Flow {
    pub(super) remote: SocketAddrV4,
    pub(super) local: SocketAddrV4,
}

/// A segment that the stack must know of before smoltcp does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segment {
    /// A request to open a connection: SYN, and neither ACK nor RST.
    Opening(Flow),
    /// A reset.
    Reset(Flow),
}

/// Whether a frame opens or resets a connection.
///
/// `None` for every other frame, whatever it holds. Checksums are not looked at here: smoltcp drops
/// the frame later if they are wrong.
pub(super) fn parse(frame: &[u8]) -> Option<Segment> {
    let ethernet = EthernetFrame::new_checked(frame).ok()?;
    if ethernet.ethertype() != EthernetProtocol::Ipv4 {
        return None;
    }
    let ip = Ipv4Packet::new_checked(ethernet.payload()).ok()?;
    if ip.next_header() != IpProtocol::Tcp || ip.more_frags() || ip.frag_offset() != 0 {
        return None;
    }
    let tcp = TcpPacket::new_checked(ip.payload()).ok()?;
    let end = |address: Ipv4Addr, port| SocketAddrV4::new(address, port);
    let flow = Flow {
        remote: end(ip.src_addr(), tcp.src_port()),
        local: end(ip.dst_addr(), tcp.dst_port()),
    };
    if tcp.rst() {
        Some(Segment::Reset(flow))
    } else if tcp.syn() && !tcp.ack() {
        Some(Segment::Opening(flow))
    } else {
        None
    }
}

/// Whether a frame carries ARP.
pub(super) fn is_arp(frame: &[u8]) -> bool {
    EthernetFrame::new_checked(frame)
        .is_ok_and(|ethernet| ethernet.ethertype() == EthernetProtocol::Arp)
}
