//! Packets on their way to the link.

use super::*;
use crate::net::offload::{PartialChecksum, TransmitInfo};

#[test]
fn a_datagram_has_the_fields_of_rfc_8200() {
    let mut host = Host::new();
    host.send(LOCAL, PEER, b"hello").unwrap();
    let frames = host.sent();
    let sent = read(&frames[0]);
    assert_eq!(
        (sent.to, sent.source, sent.destination),
        (PEER_MAC, LOCAL, PEER)
    );
    assert_eq!((sent.protocol, sent.hop_limit), (17, 64));
    assert_eq!(sent.payload[..6], [0, 7, 3, 232, 0, 13]);
    // ECT(0) in the traffic class.
    assert_eq!(frames[0][14..16], [0x60, 0x20]);
}

#[test]
fn a_packet_is_as_long_as_the_link_carries() {
    let mut host = Host::new();
    let data = [0; 1500 - 48];
    assert_eq!(host.send(LOCAL, PEER, &data), Ok(()));
    assert_eq!(host.sent()[0].len(), 1514);
    assert_eq!(
        host.send(LOCAL, PEER, &[0; 1500 - 47]),
        Err(TransmitError::TooLong)
    );
}

#[test]
fn routes_choose_the_next_hop_and_the_source() {
    let host = Host::new();
    let sockets = host.families.sockets();
    let site = "ff05::101".parse().unwrap();
    for (remote, source) in [
        (PEER, LOCAL),
        (FAR, LOCAL),
        (LOCAL, LOCAL),
        (LINK_LOCAL, LINK_LOCAL),
        (LINK_LOCAL_PEER, LINK_LOCAL),
        (ALL_NODES, LINK_LOCAL),
        (site, LOCAL),
        (Ipv6Addr::LOCALHOST, Ipv6Addr::LOCALHOST),
    ] {
        assert_eq!(sockets.source_for(remote), Some(source), "{remote}");
    }
    assert_eq!(sockets.next_hop(FAR), Some(GATEWAY));
    assert_eq!(sockets.next_hop(PEER), Some(PEER));
    assert_eq!(sockets.next_hop(LINK_LOCAL_PEER), Some(LINK_LOCAL_PEER));
    assert_eq!(sockets.address(), Some(LOCAL));
}

#[test]
fn an_address_that_is_not_ours_and_a_destination_without_route_are_refused() {
    let mut host = Host::new();
    assert_eq!(host.send(PEER, FAR, b"1"), Err(TransmitError::Unreachable));
    let mut ipv6 = Ipv6::new(MAC, Random::from_seed([5; 32]));
    ipv6.add_address(START, LOCAL, 64, Claiming::Optimistic)
        .unwrap();
    host.families = Ipv6Only::new(ipv6);
    assert_eq!(host.send(LOCAL, FAR, b"1"), Err(TransmitError::Unreachable));
    assert_eq!(host.families.sockets().source_for(FAR), None);
    assert_eq!(host.families.sockets().source_for(LINK_LOCAL_PEER), None);
}

#[test]
fn packets_to_a_group_go_to_its_mac_address() {
    let mut host = Host::new();
    host.send(LOCAL, ALL_NODES, b"1").unwrap();
    assert_eq!(read(&host.sent()[0]).to, [0x33, 0x33, 0, 0, 0, 1]);
}

#[test]
fn packets_to_this_host_itself_come_back() {
    let mut host = Host::new();
    for (local, remote) in [
        (LOCAL, LOCAL),
        (Ipv6Addr::LOCALHOST, Ipv6Addr::LOCALHOST),
        (LOCAL, LINK_LOCAL),
    ] {
        host.send(local, remote, b"me").unwrap();
        assert!(host.sent().is_empty());
        let packet = host.ip.take_looped().unwrap();
        let (ip, link) = (&mut host.ip, &mut host.link);
        let input = host
            .families
            .layers()
            .input_looped(ip, START, &packet, link);
        let expected = format!("udp {local} -> {remote} me");
        assert_eq!(input.map(|input| describe(&input)), Some(expected));
    }
    // One from the network is not believed.
    let outside = frame(&udp(PEER, Ipv6Addr::LOCALHOST, b"1"));
    host.refuses(&outside, DropReason::Destination);
}

#[test]
fn a_link_completes_the_checksum_if_it_offers_that() {
    let mut host = Host::with(Offloads {
        checksum: true,
        ..Offloads::default()
    });
    host.send(LOCAL, PEER, b"hello").unwrap();
    let (mut sent, info) = host.link.frames.remove(0);
    let partial = PartialChecksum {
        start: 54,
        offset: 6,
    };
    let expected = TransmitInfo {
        checksum: Some(partial),
        segment_size: None,
    };
    assert_eq!(info, expected);
    // As the link does it.
    let checksum = sum(&sent[54..]);
    sent[60..62].copy_from_slice(&checksum.to_be_bytes());
    read(&sent);
}

#[test]
fn a_link_without_room_takes_nothing() {
    let mut host = Host::new();
    host.link = Recorder::with_room(0);
    assert_eq!(host.send(LOCAL, PEER, b"1"), Err(TransmitError::NoRoom));
    let unknown = "fd00::77".parse().unwrap();
    assert_eq!(host.send(LOCAL, unknown, b"1"), Err(TransmitError::NoRoom));
    host.refuses(
        &frame(&icmp(PEER, LOCAL, 128, 0, &[0; 4])),
        DropReason::LinkFull,
    );
}
