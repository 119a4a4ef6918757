//! Echo, and errors in both directions.

use super::*;
use smoltcp::wire::{Icmpv4Packet, Ipv4Packet as WirePacket};

fn echo(source: Ipv4Addr, size: usize) -> Vec<u8> {
    let mut rest = std::vec![0, 42, 0, 1];
    rest.resize(4 + size, b'y');
    frame(&icmp(source, LOCAL, 8, 0, &rest))
}

/// The source, the destination and the ICMP message of a frame.
fn read(frame: &[u8]) -> (Ipv4Addr, Ipv4Addr, Vec<u8>) {
    let packet = WirePacket::new_checked(&frame[14..]).unwrap();
    assert!(packet.verify_checksum());
    assert!(
        Icmpv4Packet::new_checked(packet.payload())
            .unwrap()
            .verify_checksum()
    );
    (
        packet.src_addr(),
        packet.dst_addr(),
        packet.payload().to_vec(),
    )
}

#[test]
fn echo_requests_are_answered() {
    let mut host = Host::new();
    for size in [0, 1, 8, 1472] {
        host.input(&echo(PEER, size));
        let sent = host.sent();
        assert_eq!(sent[0][..6], PEER_MAC);
        let (source, destination, message) = read(&sent[0]);
        assert_eq!((source, destination), (LOCAL, PEER));
        assert_eq!(message[..2], [0, 0]);
        assert_eq!(message[4..8], [0, 42, 0, 1]);
        assert_eq!(message[8..], std::vec![b'y'; size]);
    }
    assert_eq!(host.ip.drops().total(), 0);
}

#[test]
fn the_first_echo_reply_to_an_unknown_neighbour_is_not_lost() {
    let mut host = Host::new();
    let unknown = Ipv4Addr::new(10, 0, 0, 50);
    host.input(&echo(unknown, 8));
    let asked = host.sent();
    assert_eq!((asked.len(), &asked[0][12..14]), (1, &[8, 6][..]));
    host.input(&arp(Operation::Reply, [2, 0, 0, 0, 0, 50], unknown, LOCAL));
    let sent = host.sent();
    assert_eq!(sent[0][..6], [2, 0, 0, 0, 0, 50]);
    assert_eq!(read(&sent[0]).1, unknown);
}

#[test]
fn echo_is_limited_for_each_source() {
    let mut host = Host::new();
    for _ in 0..1000 {
        host.input(&echo(PEER, 8));
    }
    let answered = host.sent().len();
    assert!((97..=100).contains(&answered), "{answered}");
    let limited = host.ip.drops().get(DropReason::EchoLimited);
    assert_eq!(limited, 1000 - answered as u64);
    host.input(&echo(GATEWAY, 8));
    assert_eq!(host.sent().len(), 1);
    host.wait(Duration::from_millis(10));
    host.link.frames.clear();
    for _ in 0..100 {
        host.input(&echo(PEER, 8));
    }
    assert_eq!(host.sent().len(), 10);
}

#[test]
fn malformed_messages_are_dropped() {
    let mut host = Host::new();
    let mut wrong = echo(PEER, 8);
    wrong[44] ^= 1;
    host.refuses(&wrong, DropReason::IcmpChecksum);
    host.info.checksum = ChecksumState::Verified;
    host.refuses(&wrong, DropReason::IcmpChecksum);
    host.refuses(
        &frame(&icmp(PEER, LOCAL, 8, 0, &[0; 3])),
        DropReason::IcmpMalformed,
    );
    for kind in [0, 4, 5, 9, 13, 17, 200] {
        host.refuses(
            &frame(&icmp(PEER, LOCAL, kind, 0, &[0; 12])),
            DropReason::IcmpIgnored,
        );
    }
    assert!(host.sent().is_empty());
}

#[test]
fn a_refused_datagram_is_reported_with_its_start() {
    let mut host = Host::new();
    let packet = udp(PEER, LOCAL, &[b'z'; 1000]);
    let bytes = frame(&packet);
    let input = host
        .ipv4
        .input(&mut host.ip, START, &bytes, host.info, &mut host.link);
    let Some(Input::Udp(_, original)) = input else {
        panic!("{input:?}");
    };
    let mut egress = Ipv4Egress::new(&mut host.ipv4, &mut host.ip, START, &mut host.link);
    egress.refuse(&original, ErrorMessage::PortUnreachable);
    let sent = host.sent();
    let (source, destination, message) = read(&sent[0]);
    assert_eq!((source, destination), (LOCAL, PEER));
    assert_eq!(message[..2], [3, 3]);
    assert_eq!(sent[0].len(), 14 + 576);
    assert_eq!(message[8..], packet[..548], "as it was received");
}

#[test]
fn errors_are_limited_for_each_source_and_never_answer_a_broadcast() {
    let mut host = Host::new();
    let unknown = frame(&ipv4(PEER, LOCAL, 99, &[0; 20]));
    for _ in 0..100 {
        assert_eq!(host.input(&unknown), None);
    }
    let sent = host.sent();
    assert!((17..=20).contains(&sent.len()), "{}", sent.len());
    assert_eq!(read(&sent[0]).2[..2], [3, 2]);
    let limited = host.ip.drops().get(DropReason::IcmpLimited);
    assert_eq!(limited, 100 - sent.len() as u64);
    host.wait(Duration::from_secs(60));
    host.link.frames.clear();
    let to_all = ipv4(PEER, Ipv4Addr::BROADCAST, 99, &[0; 20]);
    host.input(&ethernet([0xff; 6], 0x0800, &to_all));
    assert!(host.sent().is_empty());
}

#[test]
fn errors_reach_the_transport_with_what_they_are_about() {
    let mut host = Host::new();
    let original = udp(LOCAL, FAR, b"1");
    let error = |kind, code, low: &[u8; 4]| {
        let mut rest = Vec::from(low);
        rest.extend(&original[..28]);
        frame(&icmp(GATEWAY, LOCAL, kind, code, &rest))
    };
    for (kind, code, expected) in [
        (3, 0, "NetworkUnreachable"),
        (3, 1, "HostUnreachable"),
        (3, 2, "ProtocolUnreachable"),
        (3, 3, "PortUnreachable"),
        (3, 4, "FragmentationNeeded { mtu: 1400 }"),
        (3, 13, "Prohibited"),
        (11, 0, "TimeExceeded"),
        (12, 0, "ParameterProblem"),
    ] {
        let received = host.input(&error(kind, code, &[0, 0, 5, 120]));
        let expected = format!("{expected} Udp 10.0.0.2 -> 192.0.2.7:7");
        assert_eq!(received, Some(expected));
    }
    host.refuses(&error(11, 1, &[0; 4]), DropReason::IcmpIgnored);
    assert!(host.sent().is_empty(), "no error answers an error");
}

#[test]
fn errors_about_what_this_host_cannot_have_sent_are_dropped() {
    let mut host = Host::new();
    let about = |original: &[u8]| {
        let mut rest = std::vec![0; 4];
        rest.extend(original);
        frame(&icmp(GATEWAY, LOCAL, 3, 3, &rest))
    };
    let foreign = DropReason::IcmpForeign;
    host.refuses(&about(&udp(PEER, FAR, b"1")), foreign);
    host.refuses(&about(&udp(Ipv4Addr::LOCALHOST, LOCAL, b"1")), foreign);
    host.refuses(&about(&udp(LOCAL, FAR, b"1")[..27]), foreign);
    host.refuses(&about(&ipv4(LOCAL, FAR, 1, &[0; 8])), foreign);
    host.refuses(&about(&[]), foreign);
    let later_fragment = |header: &mut [u8]| header[7] = 9;
    host.refuses(
        &about(&ipv4_with(LOCAL, FAR, 17, &[0; 8], &[], later_fragment)),
        foreign,
    );
    let six = |header: &mut [u8]| header[0] = 0x65;
    host.refuses(
        &about(&ipv4_with(LOCAL, FAR, 17, &[0; 8], &[], six)),
        foreign,
    );
}
