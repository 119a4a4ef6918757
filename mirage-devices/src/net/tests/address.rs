//! ARP and ICMP echo.

use super::{
    client::{CLIENT, SERVER},
    hand::{ByHand, HAND_MAC, SERVER_MAC, arp_frame, ip_frame},
};
use core::net::Ipv4Addr;
use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
        Icmpv4Packet, Icmpv4Repr, IpProtocol, Ipv4Packet,
    },
};
use std::{vec, vec::Vec};

#[test]
fn who_asks_for_the_address_is_told() {
    let mut hand = ByHand::new();
    hand.push(&arp_frame(ArpOperation::Request, CLIENT));
    let frames = hand.frames();
    assert_eq!(frames.len(), 1);
    let ethernet = EthernetFrame::new_checked(&frames[0][..]).unwrap();
    assert_eq!(ethernet.dst_addr(), HAND_MAC);
    assert_eq!(ethernet.ethertype(), EthernetProtocol::Arp);
    let arp = ArpRepr::parse(&ArpPacket::new_checked(ethernet.payload()).unwrap()).unwrap();
    let expected = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Reply,
        source_hardware_addr: SERVER_MAC,
        source_protocol_addr: SERVER,
        target_hardware_addr: HAND_MAC,
        target_protocol_addr: CLIENT,
    };
    assert_eq!(arp, expected);
}

#[test]
fn who_asks_for_another_address_is_not() {
    let mut hand = ByHand::new();
    let mut frame = arp_frame(ArpOperation::Request, CLIENT);
    let target = frame.len() - 4;
    frame[target..].copy_from_slice(&[10, 0, 0, 99]);
    hand.push(&frame);
    assert_eq!(hand.frames(), Vec::<Vec<u8>>::new());
}

fn ping(from: Ipv4Addr, payload: &[u8]) -> Vec<u8> {
    let echo = Icmpv4Repr::EchoRequest {
        ident: 77,
        seq_no: 3,
        data: payload,
    };
    ip_frame(from, IpProtocol::Icmp, echo.buffer_len(), |bytes| {
        echo.emit(
            &mut Icmpv4Packet::new_unchecked(bytes),
            &ChecksumCapabilities::default(),
        );
    })
}

#[test]
fn a_ping_is_answered_whatever_its_length() {
    let mut hand = ByHand::new();
    for length in [0, 56, 1472] {
        let payload = vec![b'p'; length];
        hand.push(&ping(CLIENT, &payload));
        let frames = hand.frames();
        assert_eq!(frames.len(), 1);
        let ip = Ipv4Packet::new_checked(&frames[0][14..]).unwrap();
        assert_eq!((ip.src_addr(), ip.dst_addr()), (SERVER, CLIENT));
        let packet = Icmpv4Packet::new_checked(ip.payload()).unwrap();
        let answer = Icmpv4Repr::parse(&packet, &ChecksumCapabilities::default()).unwrap();
        let expected = Icmpv4Repr::EchoReply {
            ident: 77,
            seq_no: 3,
            data: &payload,
        };
        assert_eq!(answer, expected);
    }
}

/// The stack takes frames in batches, and forgets none of what is left after one.
#[test]
fn a_burst_is_answered_to_the_last() {
    let mut hand = ByHand::new();
    for number in 0..90 {
        hand.inject(&ping(CLIENT, &[number]));
    }
    assert_eq!(hand.frames().len(), 90);
}

/// So is a packet for this host in a frame to all hosts (RFC 1122, section 3.3.6).
#[test]
fn frames_for_other_hosts_are_ignored() {
    let mut hand = ByHand::new();
    let mut frame = ping(CLIENT, b"x");
    frame[..6].copy_from_slice(EthernetAddress([2, 9, 9, 9, 9, 9]).as_bytes());
    hand.push(&frame);
    assert_eq!(hand.frames().len(), 0);
    frame[..6].copy_from_slice(EthernetAddress::BROADCAST.as_bytes());
    hand.push(&frame);
    assert_eq!(hand.frames().len(), 0);
}
