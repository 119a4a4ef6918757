//! Which packets are received, and which are dropped for what reason.

use super::*;

#[test]
fn a_datagram_and_a_segment_are_received() {
    let mut host = Host::new();
    let received = host.input(&frame(&udp(PEER, LOCAL, b"hello")));
    assert_eq!(received.as_deref(), Some("udp 10.0.0.9 -> 10.0.0.2 hello"));
    let received = host.input(&frame(&syn(FAR, LOCAL)));
    assert_eq!(received.as_deref(), Some("tcp 192.0.2.7 -> 10.0.0.2"));
    assert_eq!(host.ip.drops().total(), 0);
}

#[test]
fn datagrams_and_segments_to_any_address_are_expected() {
    let mut host = Host::new();
    let other = Ipv4Addr::new(192, 0, 2, 1);
    host.add_address(other, 24);
    for local in [LOCAL, other] {
        for packet in [udp(PEER, local, b"x"), syn(FAR, local)] {
            assert!(host.ipv4.predicted(&frame(&packet), host.info).is_some());
            assert!(host.input(&frame(&packet)).is_some());
        }
    }
}

#[test]
fn padding_is_not_payload() {
    let mut host = Host::new();
    let mut padded = frame(&udp(PEER, LOCAL, b"x"));
    padded.extend([0xde; 18]);
    assert_eq!(
        host.input(&padded).as_deref(),
        Some("udp 10.0.0.9 -> 10.0.0.2 x")
    );
    // A datagram may end before its packet does: the length in its header counts.
    let datagram = udp_without_checksum(1000, 7, b"x");
    let mut datagram = with_checksum(PEER, LOCAL, 17, &datagram, 6);
    datagram.extend(b"rubbish");
    let received = host.input(&frame(&ipv4(PEER, LOCAL, 17, &datagram)));
    assert_eq!(received.as_deref(), Some("udp 10.0.0.9 -> 10.0.0.2 x"));
}

#[test]
fn a_priority_tag_is_accepted_and_a_vlan_is_not() {
    let mut host = Host::new();
    let tagged = |tag: u16, outer: u16| {
        let mut payload = Vec::from(tag.to_be_bytes());
        payload.extend([8, 0]);
        payload.extend(udp(PEER, LOCAL, b"tag"));
        ethernet(MAC, outer, &payload)
    };
    assert!(host.input(&tagged(3 << 13, 0x8100)).is_some());
    host.refuses(&tagged(3 << 13 | 5, 0x8100), DropReason::VlanTag);
    host.refuses(&tagged(0, 0x88a8), DropReason::VlanTag);
    host.refuses(&tagged(0, 0x8100)[..17], DropReason::FrameMalformed);
    let mut twice = ethernet(MAC, 0x8100, &[0, 0, 0x81, 0, 0, 0, 8, 0]);
    twice.extend(udp(PEER, LOCAL, b"tag"));
    host.refuses(&twice, DropReason::VlanTag);
}

#[test]
fn frames_to_others_are_dropped() {
    let mut host = Host::new();
    let packet = udp(PEER, LOCAL, b"x");
    host.refuses(
        &ethernet([2, 0, 0, 0, 0, 7], 0x0800, &packet),
        DropReason::FrameDestination,
    );
    host.refuses(
        &ethernet([1, 0, 0x5e, 0, 0, 1], 0x0800, &packet),
        DropReason::FrameDestination,
    );
    host.refuses(
        &ethernet([0xff; 6], 0x0800, &packet),
        DropReason::FrameBroadcast,
    );
    host.refuses(&ethernet(MAC, 0x86dd, &packet), DropReason::EtherType);
    host.refuses(&frame(&packet)[..13], DropReason::FrameMalformed);
    let mut from_group = frame(&packet);
    from_group[6] |= 1;
    host.refuses(&from_group, DropReason::FrameMalformed);
    host.refuses(
        &frame(&udp(PEER, Ipv4Addr::new(10, 0, 0, 3), b"x")),
        DropReason::Destination,
    );
}

#[test]
fn headers_are_validated() {
    let mut host = Host::new();
    let datagram = udp_without_checksum(1000, 7, b"x");
    let mut changed = |change: fn(&mut [u8]), reason| {
        let packet = ipv4_with(PEER, LOCAL, 17, &datagram, &[], change);
        match reason {
            Some(reason) => host.refuses(&frame(&packet), reason),
            None => assert!(host.input(&frame(&packet)).is_some()),
        }
    };
    let (malformed, fragment) = (
        Some(DropReason::Ipv4Malformed),
        Some(DropReason::FragmentMalformed),
    );
    changed(|header| header[0] = 0x65, malformed);
    changed(|header| header[0] = 0x44, malformed);
    changed(|header| header[3] = 19, malformed);
    changed(|header| header[3] = 30, malformed);
    changed(|header| header[6] = 0x20, fragment);
    changed(|header| header[6] = 0x80, None);
    changed(|header| header[6] = 0x40, None);
    changed(|header| header[1] = 0xff, None);
    changed(|header| header[8] = 0, None);
    let mut packet = ipv4(PEER, LOCAL, 17, &datagram);
    packet[8] -= 1;
    host.refuses(&frame(&packet), DropReason::Ipv4Checksum);
    host.refuses(&frame(&packet[..19]), DropReason::Ipv4Malformed);
}

#[test]
fn options_are_skipped() {
    let mut host = Host::new();
    let datagram = with_checksum(PEER, LOCAL, 17, &udp_without_checksum(1000, 7, b"opt"), 6);
    for options in [
        &[1, 1, 1, 1, 148, 4, 0, 0][..],
        &[7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ] {
        let packet = ipv4_with(PEER, LOCAL, 17, &datagram, options, |_| {});
        let received = host.input(&frame(&packet));
        assert_eq!(received.as_deref(), Some("udp 10.0.0.9 -> 10.0.0.2 opt"));
    }
}

#[test]
fn the_ecn_field_is_passed_on() {
    let mut host = Host::new();
    let expected = [
        Ecn::NotCapable,
        Ecn::Capable1,
        Ecn::Capable0,
        Ecn::CongestionExperienced,
    ];
    for (bits, ecn) in expected.into_iter().enumerate() {
        let datagram = udp_without_checksum(1000, 7, b"x");
        let change = |header: &mut [u8]| header[1] = 0xfc | bits as u8;
        let packet = frame(&ipv4_with(PEER, LOCAL, 17, &datagram, &[], change));
        let info = ReceiveInfo::default();
        match host
            .ipv4
            .input(&mut host.ip, START, &packet, info, &mut host.link)
        {
            Some(Input::Udp(packet, _)) => assert_eq!(packet.ecn(), ecn),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn impossible_sources_are_dropped() {
    let mut host = Host::new();
    for (source, reason) in [
        ([10, 0, 0, 2], DropReason::SourceLocal),
        ([10, 0, 0, 255], DropReason::SourceBroadcast),
        ([255, 255, 255, 255], DropReason::SourceBroadcast),
        ([127, 0, 0, 1], DropReason::SourceMartian),
        ([0, 0, 0, 0], DropReason::SourceMartian),
        ([224, 0, 0, 1], DropReason::SourceMartian),
        ([240, 0, 0, 1], DropReason::SourceMartian),
    ] {
        host.refuses(&frame(&udp(source.into(), LOCAL, b"x")), reason);
        host.refuses(&frame(&syn(source.into(), LOCAL)), reason);
    }
    assert!(host.sent().is_empty());
    host.refuses(
        &frame(&udp(PEER, Ipv4Addr::LOCALHOST, b"x")),
        DropReason::Destination,
    );
}

#[test]
fn land_on_any_address_is_dropped() {
    let mut host = Host::new();
    let second = Ipv4Addr::new(10, 0, 0, 77);
    host.add_address(second, 24);
    for (source, destination) in [(LOCAL, LOCAL), (LOCAL, second), (second, LOCAL)] {
        host.refuses(&frame(&syn(source, destination)), DropReason::SourceLocal);
    }
    assert!(host.input(&frame(&syn(PEER, second))).is_some());
}

#[test]
fn broadcasts_are_for_datagrams_only() {
    let mut host = Host::new();
    for destination in [Ipv4Addr::BROADCAST, Ipv4Addr::new(10, 0, 0, 255)] {
        let to_all = |packet: &[u8]| ethernet([0xff; 6], 0x0800, packet);
        assert!(host.input(&to_all(&udp(PEER, destination, b"x"))).is_some());
        host.refuses(
            &to_all(&syn(PEER, destination)),
            DropReason::TransportBroadcast,
        );
        let echo = icmp(PEER, destination, 8, 0, &[0; 12]);
        host.refuses(&to_all(&echo), DropReason::TransportBroadcast);
    }
    host.refuses(
        &frame(&udp(PEER, Ipv4Addr::new(224, 0, 0, 1), b"x")),
        DropReason::Destination,
    );
    assert!(host.sent().is_empty());
}

#[test]
fn transport_checksums_are_verified() {
    let mut host = Host::new();
    for (packet, first) in [(udp(PEER, LOCAL, b"abc"), 28), (syn(PEER, LOCAL), 24)] {
        let mut wrong = packet.clone();
        wrong[first] ^= 0x10;
        host.refuses(&frame(&wrong), DropReason::TransportChecksum);
        for state in [ChecksumState::Verified, ChecksumState::Partial] {
            host.info.checksum = state;
            assert!(
                host.input(&frame(&wrong)).is_some(),
                "the link answers for it"
            );
        }
        host.info = ReceiveInfo::default();
        let mut zero = packet;
        let field = if first == 28 { 26 } else { 36 };
        zero[field..field + 2].fill(0);
        match first {
            28 => assert!(host.input(&frame(&zero)).is_some(), "none (RFC 768)"),
            _ => host.refuses(&frame(&zero), DropReason::TransportChecksum),
        }
    }
}

#[test]
fn datagrams_have_the_length_that_they_say() {
    let mut host = Host::new();
    for length in [0, 7, 10, 0xffff_u16] {
        let mut datagram = udp_without_checksum(1000, 7, b"x");
        datagram[4..6].copy_from_slice(&length.to_be_bytes());
        host.refuses(
            &frame(&ipv4(PEER, LOCAL, 17, &datagram)),
            DropReason::TransportMalformed,
        );
    }
    host.refuses(
        &frame(&ipv4(PEER, LOCAL, 17, &[0; 7])),
        DropReason::TransportMalformed,
    );
    assert!(host.input(&frame(&udp(PEER, LOCAL, b""))).is_some());
}
