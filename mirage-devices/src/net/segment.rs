//! A look at a frame before the stack sees it: is it a TCP segment, of which flow, and a SYN?

use core::net::{Ipv4Addr, SocketAddrV4};
use smoltcp::wire::{EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket};

/// The two ends of a TCP connection, as this side names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Flow {
    pub(super) remote: SocketAddrV4,
    pub(super) local: SocketAddrV4,
}

/// The flow that a frame asks to open: its segment has SYN and not ACK.
///
/// `None` for every other frame, whatever it holds. Checksums are not looked at here: the stack
/// drops the frame later if they are wrong.
pub(super) fn opening(frame: &[u8]) -> Option<Flow> {
    let ethernet = EthernetFrame::new_checked(frame).ok()?;
    if ethernet.ethertype() != EthernetProtocol::Ipv4 {
        return None;
    }
    let ip = Ipv4Packet::new_checked(ethernet.payload()).ok()?;
    if ip.next_header() != IpProtocol::Tcp || ip.more_frags() || ip.frag_offset() != 0 {
        return None;
    }
    let tcp = TcpPacket::new_checked(ip.payload()).ok()?;
    if !tcp.syn() || tcp.ack() || tcp.rst() {
        return None;
    }
    let end = |address: Ipv4Addr, port| SocketAddrV4::new(address, port);
    Some(Flow {
        remote: end(ip.src_addr(), tcp.src_port()),
        local: end(ip.dst_addr(), tcp.dst_port()),
    })
}
