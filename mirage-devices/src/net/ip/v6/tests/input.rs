//! What is received, and what is not.

use super::*;

#[test]
fn segments_and_datagrams_are_passed_on() {
    let mut host = Host::new();
    for (packet, expected) in [
        (udp(PEER, LOCAL, b"hi"), "udp fd00::9 -> fd00::2 hi"),
        (udp(PEER, LOCAL, b""), "udp fd00::9 -> fd00::2 "),
        (
            udp(FAR, LINK_LOCAL, b"hi"),
            "udp 2001:db8::7 -> fe80::ff:fe00:2 hi",
        ),
        (udp(PEER, ALL_NODES, b"hi"), "udp fd00::9 -> ff02::1 hi"),
        (syn(FAR, LOCAL), "tcp 2001:db8::7 -> fd00::2"),
    ] {
        // With and without what pads a frame.
        let mut received = frame(&packet);
        assert_eq!(host.input(&received).as_deref(), Some(expected));
        received.extend([0; 9]);
        assert_eq!(host.input(&received).as_deref(), Some(expected));
    }
    assert_eq!(host.ip.drops().total(), 0);
}

#[test]
fn a_tag_of_priority_is_skipped() {
    let mut host = Host::new();
    let mut tagged = frame(&udp(PEER, LOCAL, b"hi"));
    tagged.splice(12..12, [0x81, 0, 0xe0, 0]);
    assert!(host.input(&tagged).is_some());
    tagged[15] = 1;
    host.refuses(&tagged, DropReason::VlanTag);
}

#[test]
fn addresses_that_cannot_be_are_refused() {
    let mut host = Host::new();
    let mapped: Ipv6Addr = "::ffff:10.0.0.9".parse().unwrap();
    for (source, reason) in [
        (ALL_NODES, DropReason::SourceMartian),
        (Ipv6Addr::LOCALHOST, DropReason::SourceMartian),
        (Ipv6Addr::UNSPECIFIED, DropReason::SourceMartian),
        (mapped, DropReason::SourceMartian),
        (LOCAL, DropReason::SourceLocal),
        (LINK_LOCAL, DropReason::SourceLocal),
    ] {
        host.refuses(&frame(&udp(source, LOCAL, b"1")), reason);
        host.refuses(&frame(&syn(source, LOCAL)), reason);
    }
    let other_group = solicited_node(FAR);
    for destination in [
        PEER,
        Ipv6Addr::LOCALHOST,
        Ipv6Addr::UNSPECIFIED,
        mapped,
        other_group,
    ] {
        host.refuses(
            &frame(&udp(FAR, destination, b"1")),
            DropReason::Destination,
        );
    }
    host.refuses(
        &frame(&syn(PEER, ALL_NODES)),
        DropReason::TransportBroadcast,
    );
}

#[test]
fn frames_to_others_and_to_other_groups_are_refused() {
    let mut host = Host::new();
    let packet = udp(PEER, LOCAL, b"1");
    host.refuses(&ethernet(PEER_MAC, &packet), DropReason::FrameDestination);
    host.refuses(&ethernet([0xff; 6], &packet), DropReason::FrameDestination);
    host.refuses(
        &ethernet(group_mac(ALL_NODES), &packet),
        DropReason::FrameBroadcast,
    );
    let to_all = udp(PEER, ALL_NODES, b"1");
    let other_group = group_mac(solicited_node(LOCAL));
    host.refuses(&ethernet(other_group, &to_all), DropReason::FrameBroadcast);
    let mut from_group = frame(&packet);
    from_group[6] = 3;
    host.refuses(&from_group, DropReason::FrameMalformed);
}

#[test]
fn packets_that_are_malformed_are_refused() {
    let mut host = Host::new();
    let good = udp(PEER, LOCAL, b"hello");
    host.refuses(&frame(&good[..50]), DropReason::Ipv6Malformed);
    host.refuses(&ethernet(MAC, &good[..39]), DropReason::Ipv6Malformed);
    let mut version = good.clone();
    version[0] = 0x45;
    host.refuses(&frame(&version), DropReason::Ipv6Malformed);
    for (at, value, reason) in [
        (45, 14, DropReason::TransportMalformed),
        (45, 7, DropReason::TransportMalformed),
        (52, 0, DropReason::TransportChecksum),
    ] {
        let mut packet = good.clone();
        packet[at] = value;
        host.refuses(&frame(&packet), reason);
    }
    // A checksum is not optional.
    let without = ipv6(PEER, LOCAL, 17, 64, &udp_without_checksum(1, 7, b"1"));
    host.refuses(&frame(&without), DropReason::TransportChecksum);
    host.refuses(
        &frame(&ipv6(PEER, LOCAL, 17, 64, &[0; 7])),
        DropReason::TransportMalformed,
    );
}

#[test]
fn what_the_link_has_verified_is_not_verified_again() {
    let mut host = Host::new();
    let mut corrupt = frame(&udp(PEER, LOCAL, b"hi"));
    let last = corrupt.len() - 1;
    corrupt[last] = b'o';
    for (checksum, is_received) in [
        (ChecksumState::Verified, true),
        (ChecksumState::Partial, true),
        (ChecksumState::Unknown, false),
    ] {
        host.info.checksum = checksum;
        assert_eq!(host.input(&corrupt).is_some(), is_received, "{checksum:?}");
    }
}

#[test]
fn both_families_are_received() {
    let mut ipv6_only = Host::new();
    let (local, peer) = ([10, 0, 0, 2].into(), [10, 0, 0, 9].into());
    let claiming = (Claiming::Optimistic, Defence::Always);
    let mut ipv4 = Ipv4::new(MAC, Random::from_seed([5; 32]));
    let ip = &mut ipv6_only.ip;
    ipv4.add_address(ip, START, (local, 24), claiming).unwrap();
    let mut packet = std::vec![0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0, 0];
    packet.extend(core::net::Ipv4Addr::octets(&peer));
    packet.extend(core::net::Ipv4Addr::octets(&local));
    let checksum = sum(&packet);
    packet[10..12].copy_from_slice(&checksum.to_be_bytes());
    packet.extend(udp_without_checksum(1000, 7, b"4"));
    let mut received = ethernet(MAC, &packet);
    received[12..14].copy_from_slice(&[8, 0]);
    ipv6_only.refuses(&received, DropReason::EtherType);
    let mut host = Host {
        families: DualStack::new(Ipv4Only::new(ipv4), ipv6_only.family.clone()),
        ip: ipv6_only.ip,
        family: ipv6_only.family,
        link: ipv6_only.link,
        now: ipv6_only.now,
        info: ipv6_only.info,
    };
    let expected = Some(String::from("udp 10.0.0.9 -> 10.0.0.2 4"));
    assert_eq!(host.input(&received), expected);
    let datagram = frame(&udp(PEER, LOCAL, b"6"));
    assert!(host.input(&datagram).is_some());
    // The layer of the other family has no address.
    let random = Random::from_seed([5; 32]);
    let without_addresses = Ipv4Only::new(Ipv4::new(MAC, random.clone()));
    host.families = DualStack::new(without_addresses, host.family.clone());
    host.families = host.families.with_only(Family::V6);
    host.refuses(&received, DropReason::EtherType);
    assert!(host.input(&datagram).is_some());
    let without_addresses = Ipv6Only::new(Ipv6::new(MAC, random.clone()));
    host.families = DualStack::new(Ipv4Only::new(Ipv4::new(MAC, random)), without_addresses);
    host.families = host.families.with_only(Family::V4);
    host.refuses(&datagram, DropReason::EtherType);
    assert!(host.sent().is_empty());
}
