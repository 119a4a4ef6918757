//! Frames of a client.

use core::net::Ipv4Addr;
use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
        EthernetRepr, IpProtocol, Ipv4Packet, Ipv4Repr, TcpControl, TcpPacket, TcpRepr,
        TcpSeqNumber,
    },
};

pub const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
pub const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 3);
pub const SERVER_MAC: EthernetAddress = EthernetAddress([2, 0, 0, 0, 0, 1]);
pub const CLIENT_MAC: EthernetAddress = EthernetAddress([2, 0, 0, 0, 0, 2]);
pub fn frame(kind: EthernetProtocol, length: usize, fill: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut bytes = vec![0; 14 + length];
    let ethernet = EthernetRepr {
        src_addr: CLIENT_MAC,
        dst_addr: SERVER_MAC,
        ethertype: kind,
    };
    ethernet.emit(&mut EthernetFrame::new_unchecked(&mut bytes[..]));
    fill(&mut bytes[14..]);
    bytes
}

pub fn arp() -> Vec<u8> {
    let arp = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Request,
        source_hardware_addr: CLIENT_MAC,
        source_protocol_addr: CLIENT,
        target_hardware_addr: SERVER_MAC,
        target_protocol_addr: SERVER,
    };
    frame(EthernetProtocol::Arp, arp.buffer_len(), |bytes| {
        arp.emit(&mut ArpPacket::new_unchecked(bytes));
    })
}

pub fn segment(
    from: u16,
    control: TcpControl,
    sequence: i32,
    acknowledges: Option<TcpSeqNumber>,
    payload: &[u8],
) -> Vec<u8> {
    segment_from(CLIENT, from, control, sequence, acknowledges, payload)
}

fn segment_from(
    source: Ipv4Addr,
    from: u16,
    control: TcpControl,
    sequence: i32,
    acknowledges: Option<TcpSeqNumber>,
    payload: &[u8],
) -> Vec<u8> {
    let tcp = TcpRepr {
        src_port: from,
        dst_port: 80,
        control,
        seq_number: TcpSeqNumber(sequence),
        ack_number: acknowledges,
        window_len: 8192,
        window_scale: None,
        max_seg_size: None,
        sack_permitted: false,
        sack_ranges: [None; 3],
        timestamp: None,
        payload,
    };
    let ip = Ipv4Repr {
        src_addr: source,
        dst_addr: SERVER,
        next_header: IpProtocol::Tcp,
        payload_len: tcp.buffer_len(),
        hop_limit: 64,
    };
    let checksums = ChecksumCapabilities::default();
    frame(EthernetProtocol::Ipv4, 20 + tcp.buffer_len(), |bytes| {
        ip.emit(&mut Ipv4Packet::new_unchecked(&mut bytes[..]), &checksums);
        let mut packet = TcpPacket::new_unchecked(&mut bytes[20..]);
        tcp.emit(&mut packet, &source.into(), &SERVER.into(), &checksums);
    })
}

pub fn syn(from: u16) -> Vec<u8> {
    segment(from, TcpControl::Syn, 1000, None, &[])
}

/// The acknowledgment of the SYN|ACK with `sequence`.
pub fn ack(from: u16, sequence: TcpSeqNumber) -> Vec<u8> {
    segment(from, TcpControl::None, 1001, Some(sequence + 1), &[])
}

/// A request of another client, which has no ARP.
pub fn syn_from(source: Ipv4Addr, from: u16) -> Vec<u8> {
    segment_from(source, from, TcpControl::Syn, 1000, None, &[])
}
