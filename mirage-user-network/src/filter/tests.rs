//! Frames of IPv4 and ARP.

use super::*;
use crate::{addresses::EXAMPLE, hosts};
use proptest::prelude::*;
use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        ArpOperation, ArpRepr, EthernetAddress, EthernetRepr, Ipv4Repr, TcpControl, TcpPacket,
        TcpRepr, TcpSeqNumber,
    },
};
use std::net::SocketAddr;

const GUEST: Ipv4Addr = EXAMPLE.guest;
/// The addresses in a packet's frame.
const SOURCE: std::ops::Range<usize> = 26..30;
const DESTINATION: std::ops::Range<usize> = 30..34;
const MAC: EthernetAddress = EthernetAddress([2, 0, 0, 0, 0, 2]);

fn frame(ethertype: EthernetProtocol, length: usize, fill: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let header = EthernetRepr {
        src_addr: MAC,
        dst_addr: EthernetAddress::BROADCAST,
        ethertype,
    };
    let mut bytes = vec![0; header.buffer_len() + length];
    let mut frame = EthernetFrame::new_unchecked(&mut bytes[..]);
    header.emit(&mut frame);
    fill(frame.payload_mut());
    bytes
}

fn packet(to: Ipv4Addr, next_header: IpProtocol, payload: &[u8]) -> Vec<u8> {
    let header = Ipv4Repr {
        src_addr: GUEST,
        dst_addr: to,
        next_header,
        payload_len: payload.len(),
        hop_limit: 64,
    };
    let length = header.buffer_len() + payload.len();
    frame(EthernetProtocol::Ipv4, length, |room| {
        let mut packet = Ipv4Packet::new_unchecked(room);
        header.emit(&mut packet, &ChecksumCapabilities::default());
        packet.payload_mut().copy_from_slice(payload);
    })
}

fn segment(to: Ipv4Addr, control: TcpControl, ack: bool) -> Vec<u8> {
    let segment = TcpRepr {
        src_port: 40000,
        dst_port: 80,
        control,
        seq_number: TcpSeqNumber(1),
        ack_number: ack.then_some(TcpSeqNumber(2)),
        window_len: 1000,
        window_scale: None,
        max_seg_size: None,
        sack_permitted: false,
        sack_ranges: [None; 3],
        timestamp: None,
        payload: &[],
    };
    let mut bytes = vec![0; segment.buffer_len()];
    segment.emit(
        &mut TcpPacket::new_unchecked(&mut bytes[..]),
        &GUEST.into(),
        &to.into(),
        &ChecksumCapabilities::default(),
    );
    packet(to, IpProtocol::Tcp, &bytes)
}

fn arp_request(target: Ipv4Addr) -> Vec<u8> {
    let request = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Request,
        source_hardware_addr: MAC,
        source_protocol_addr: GUEST,
        target_hardware_addr: EthernetAddress::BROADCAST,
        target_protocol_addr: target,
    };
    frame(EthernetProtocol::Arp, request.buffer_len(), |room| {
        request.emit(&mut ArpPacket::new_unchecked(room));
    })
}

#[test]
fn only_gateway_and_name_server_answer() {
    let gateway = EXAMPLE.gateway;
    let other = Ipv4Addr::new(10, 0, 0, 9);
    let remote = Ipv4Addr::new(192, 0, 2, 1);
    for (frame, is_accepted) in [
        (arp_request(gateway), true),
        (arp_request(EXAMPLE.name_server), true),
        (arp_request(other), false),
        // The guest probes its address before using it (RFC 5227): no reply is sent.
        (arp_request(GUEST), false),
        (packet(gateway, IpProtocol::Icmp, &[8; 8]), true),
        (packet(remote, IpProtocol::Icmp, &[8; 8]), false),
        (packet(remote, IpProtocol::Udp, &[0; 8]), true),
        (packet(remote, IpProtocol::Igmp, &[0; 8]), false),
        (segment(remote, TcpControl::None, true), true),
        (segment(gateway, TcpControl::Syn, true), true),
        (frame(EthernetProtocol::Ipv6, 40, |_| {}), false),
    ] {
        let expected = if is_accepted {
            Verdict::Accept
        } else {
            Verdict::Drop
        };
        assert_eq!(verdict(&frame, &hosts::EXAMPLE), expected, "{frame:?}");
    }
}

#[test]
fn only_a_unicast_address_is_connected_to() {
    let remote = Ipv4Addr::new(192, 0, 2, 1);
    let connected = verdict(&segment(remote, TcpControl::Syn, false), &hosts::EXAMPLE);
    let tuple = FourTuple {
        guest: SocketAddr::new(GUEST.into(), 40000),
        remote: SocketAddr::new(remote.into(), 80),
    };
    assert_eq!(connected, Verdict::Connect(tuple));
    for address in [[127, 0, 0, 1], [0, 0, 0, 0], [224, 0, 0, 1], [255; 4]] {
        let mut frame = segment(address.into(), TcpControl::Syn, false);
        assert_eq!(verdict(&frame, &hosts::EXAMPLE), Verdict::Drop);
        // Nor is one answered.
        frame[SOURCE].copy_from_slice(&address);
        frame[DESTINATION].copy_from_slice(&remote.octets());
        assert_eq!(verdict(&frame, &hosts::EXAMPLE), Verdict::Drop);
    }
}

#[test]
fn fragments_and_port_0_are_dropped() {
    let remote = Ipv4Addr::new(192, 0, 2, 1);
    let whole = segment(remote, TcpControl::Syn, false);
    // More fragments, an offset, and each port.
    for (offset, bytes) in [(20, [0x20, 0]), (20, [0, 1]), (34, [0, 0]), (36, [0, 0])] {
        let mut frame = whole.clone();
        frame[offset..offset + 2].copy_from_slice(&bytes);
        assert_eq!(verdict(&frame, &hosts::EXAMPLE), Verdict::Drop);
    }
}

proptest! {
    #[test]
    fn any_bytes_have_a_verdict(mut frame: Vec<u8>, ethertype in 0usize..3) {
        if frame.len() >= 14 {
            let ethertype = [0x0800u16, 0x0806, 0x86dd][ethertype];
            frame[12..14].copy_from_slice(&ethertype.to_be_bytes());
        }
        verdict(&frame, &hosts::EXAMPLE);
    }
}
