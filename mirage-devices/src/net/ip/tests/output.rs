//! What is written to the link, read by smoltcp's formats.

use super::*;
use crate::net::offload::{PartialChecksum, TransmitInfo};
use smoltcp::wire::{
    EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet as WirePacket, UdpPacket,
};

#[test]
fn a_packet_is_written_whole() {
    let mut host = Host::new();
    for size in [0, 1, 7, 8, 64, 1472] {
        host.send(LOCAL, PEER, &std::vec![b'a'; size]).unwrap();
        let sent = host.sent();
        let frame = EthernetFrame::new_checked(&sent[0]).unwrap();
        assert_eq!((frame.dst_addr().0, frame.src_addr().0), (PEER_MAC, MAC));
        assert_eq!(frame.ethertype(), EthernetProtocol::Ipv4);
        let packet = WirePacket::new_checked(frame.payload()).unwrap();
        assert!(packet.verify_checksum());
        assert_eq!((packet.version(), packet.header_len()), (4, 20));
        assert_eq!(usize::from(packet.total_len()), frame.payload().len());
        assert_eq!(
            (packet.hop_limit(), packet.next_header()),
            (64, IpProtocol::Udp)
        );
        assert!(packet.dont_frag() && !packet.more_frags());
        assert_eq!((packet.dscp(), packet.ecn()), (0, 2));
        assert_eq!((packet.src_addr(), packet.dst_addr()), (LOCAL, PEER));
        let datagram = UdpPacket::new_checked(packet.payload()).unwrap();
        assert!(datagram.verify_checksum(&LOCAL.into(), &PEER.into()));
        assert_ne!(datagram.checksum(), 0);
        assert_eq!(datagram.payload(), std::vec![b'a'; size]);
    }
}

#[test]
fn a_checksum_of_zero_is_written_as_its_other_form() {
    let mut host = Host::new();
    let mut found = false;
    for value in 0..=u16::MAX {
        host.send(LOCAL, PEER, &value.to_be_bytes()).unwrap();
        let frame = host.sent().remove(0);
        let datagram = &frame[34..];
        assert_ne!(datagram[6..8], [0, 0]);
        found |= datagram[6..8] == [0xff, 0xff];
    }
    assert!(found);
}

#[test]
fn a_link_that_completes_checksums_is_asked_to() {
    let mut host = Host::with(Offloads {
        checksum: true,
        ..Offloads::default()
    });
    host.send(LOCAL, PEER, b"data").unwrap();
    let (mut frame, info) = host.link.frames.remove(0);
    let partial = PartialChecksum {
        start: 34,
        offset: 6,
    };
    assert_eq!(info.checksum, Some(partial));
    // What the link does: a sum from `start` to the end, complemented.
    let checksum = sum(&frame[34..]);
    frame[40..42].copy_from_slice(&checksum.to_be_bytes());
    let datagram = UdpPacket::new_checked(&frame[34..]).unwrap();
    assert!(datagram.verify_checksum(&LOCAL.into(), &PEER.into()));
    host.input(&frames::frame(&icmp(PEER, LOCAL, 8, 0, &[0; 12])));
    let (frame, info) = host.link.frames.remove(0);
    assert_eq!(info, TransmitInfo::default(), "ICMP is not the link's");
    assert_eq!(sum(&frame[34..]), 0);
}

#[test]
fn a_packet_goes_to_the_next_hop() {
    let mut host = Host::new();
    host.input(&arp(Operation::Request, [2, 0, 0, 0, 0, 1], GATEWAY, LOCAL));
    host.sent();
    for (remote, mac) in [
        (PEER, PEER_MAC),
        (FAR, [2, 0, 0, 0, 0, 1]),
        (Ipv4Addr::BROADCAST, [0xff; 6]),
        (Ipv4Addr::new(10, 0, 0, 255), [0xff; 6]),
        (Ipv4Addr::new(239, 129, 2, 3), [1, 0, 0x5e, 1, 2, 3]),
    ] {
        host.send(LOCAL, remote, b"x").unwrap();
        assert_eq!(host.sent()[0][..6], mac, "{remote}");
    }
}

#[test]
fn the_most_specific_route_counts() {
    let mut routes = Routes::default();
    let router = |last| Ipv4Addr::new(10, 0, 0, last);
    assert_eq!(routes.next_hop(FAR), None);
    routes.add(Route::default_gateway(router(1))).unwrap();
    routes.add(Route::on_link(LOCAL, 24)).unwrap();
    let half = Route {
        network: Ipv4Addr::new(192, 0, 0, 0),
        prefix_length: 2,
        gateway: Some(router(3)),
    };
    routes.add(half).unwrap();
    assert_eq!(routes.next_hop(FAR), Some(router(3)));
    assert_eq!(routes.next_hop(PEER), Some(PEER));
    assert_eq!(routes.next_hop(Ipv4Addr::new(8, 8, 8, 8)), Some(router(1)));
    routes.remove(half);
    assert_eq!(routes.next_hop(FAR), Some(router(1)));
}

#[test]
fn a_gateway_outside_the_network_is_reached() {
    let mut host = Host::without_address(Offloads::default());
    let (local, gateway) = (Ipv4Addr::new(10, 244, 1, 5), Ipv4Addr::new(169, 254, 1, 1));
    host.add_address(local, 32);
    let route = Route::default_gateway(gateway);
    host.ipv4.routes_mut(&mut host.ip).add(route).unwrap();
    host.send(local, FAR, b"x").unwrap();
    let asked = Arp::parse(&host.sent()[0][14..]).unwrap();
    assert_eq!((asked.sender, asked.target), (local, gateway));
    host.input(&arp(Operation::Reply, PEER_MAC, gateway, local));
    assert_eq!(host.sent()[0][..6], PEER_MAC);
    assert_eq!(host.ipv4.source_for(FAR), Some(local));
}

#[test]
fn a_hint_is_only_a_hint() {
    let mut host = Host::new();
    let mut hint = NextHopHint::default();
    host.send_by(&mut hint, LOCAL, PEER, b"1").unwrap();
    // Neighbours with smaller addresses move the peer's entry.
    for last in 3..8 {
        let neighbour = Ipv4Addr::new(10, 0, 0, last);
        host.input(&arp(
            Operation::Request,
            [2, 0, 0, 0, 1, last],
            neighbour,
            LOCAL,
        ));
    }
    host.sent();
    for wrong in [
        hint,
        NextHopHint::new(0, false),
        NextHopHint::new(u16::MAX, false),
    ] {
        let mut hint = wrong;
        host.send_by(&mut hint, LOCAL, PEER, b"2").unwrap();
        assert_eq!(host.sent()[0][..6], PEER_MAC);
        assert_eq!(hint.index(), 6);
    }
}

#[test]
fn what_cannot_be_sent_is_refused_before_it_is_written() {
    let mut host = Host::new();
    let foreign = Ipv4Addr::new(10, 0, 0, 44);
    assert_eq!(
        host.send(foreign, PEER, b"x"),
        Err(TransmitError::Unreachable)
    );
    assert_eq!(
        host.send(foreign, LOCAL, b"x"),
        Err(TransmitError::Unreachable)
    );
    assert_eq!(
        host.send(LOCAL, PEER, &[0; 1473]),
        Err(TransmitError::TooLong)
    );
    host.link = Recorder::with_room(0);
    assert_eq!(host.send(LOCAL, PEER, b"x"), Err(TransmitError::NoRoom));
    let unknown = Ipv4Addr::new(10, 0, 0, 99);
    assert_eq!(host.send(LOCAL, unknown, b"x"), Err(TransmitError::NoRoom));
    let mut host = Host::without_address(Offloads::default());
    host.add_address(LOCAL, 24);
    assert_eq!(host.send(LOCAL, FAR, b"x"), Err(TransmitError::Unreachable));
}

#[test]
fn only_a_dhcp_client_sends_without_an_address() {
    let mut host = Host::without_address(Offloads::default());
    let unspecified = Ipv4Addr::UNSPECIFIED;
    assert_eq!(
        host.send(unspecified, PEER, b"x"),
        Err(TransmitError::Unreachable)
    );
    assert_eq!(host.send(unspecified, Ipv4Addr::BROADCAST, b"x"), Ok(()));
    assert_eq!(host.sent()[0][..6], [0xff; 6]);
    let reply = udp(PEER, Ipv4Addr::BROADCAST, b"offer");
    assert!(host.input(&ethernet([0xff; 6], 0x0800, &reply)).is_some());
}

#[test]
fn a_removed_address_sends_and_receives_nothing() {
    let mut host = Host::new();
    let mut hint = NextHopHint::default();
    host.send_by(&mut hint, LOCAL, PEER, b"x").unwrap();
    host.ipv4.remove_address(&mut host.ip, LOCAL);
    let result = host.send_by(&mut hint, LOCAL, PEER, b"x");
    assert_eq!(result, Err(TransmitError::Unreachable));
    host.refuses(
        &frames::frame(&udp(PEER, LOCAL, b"x")),
        DropReason::Destination,
    );
    assert_eq!(host.ipv4.source_for(PEER), None);
}

#[test]
fn an_address_that_is_added_twice_is_there_once() {
    let mut host = Host::new();
    let claiming = (Claiming::Tentative, Defence::Once);
    host.ipv4
        .add_address(&mut host.ip, START, (LOCAL, 16), claiming)
        .unwrap();
    assert!(host.ipv4.is_usable(LOCAL), "it is not claimed anew");
    let neighbour = Ipv4Addr::new(10, 0, 1, 1);
    assert_eq!(host.ipv4.next_hop(neighbour), Some(neighbour));
    host.ipv4.remove_address(&mut host.ip, LOCAL);
    assert!(!host.ipv4.is_usable(LOCAL));
    assert_eq!(
        host.send(LOCAL, PEER, b"x"),
        Err(TransmitError::Unreachable)
    );
    assert_eq!(
        host.ipv4.routes_mut(&mut host.ip).next_hop(PEER),
        Some(GATEWAY)
    );
}

#[test]
fn a_neighbour_is_not_sent_packets_from_a_removed_address() {
    let mut host = Host::new();
    let second = Ipv4Addr::new(10, 0, 0, 3);
    host.add_address(second, 24);
    host.input(&arp(Operation::Reply, PEER_MAC, PEER, LOCAL));
    let mut hint = NextHopHint::default();
    host.send_by(&mut hint, second, PEER, b"x").unwrap();
    host.ipv4.remove_address(&mut host.ip, second);
    host.send_by(&mut hint, LOCAL, PEER, b"x").unwrap();
    let result = host.send_by(&mut hint, second, PEER, b"x");
    assert_eq!(result, Err(TransmitError::Unreachable));
}

#[test]
fn the_source_is_an_address_in_the_network_of_the_next_hop() {
    let mut host = Host::new();
    host.add_address(Ipv4Addr::new(10, 9, 0, 2), 16);
    let source = |remote: [u8; 4]| host.ipv4.source_for(Ipv4Addr::from(remote));
    let (first, second) = (LOCAL, Ipv4Addr::new(10, 9, 0, 2));
    assert_eq!(source([10, 0, 0, 77]), Some(first));
    assert_eq!(source([10, 9, 77, 1]), Some(second));
    assert_eq!(source([10, 9, 255, 255]), Some(second));
    assert_eq!(source([8, 8, 8, 8]), Some(first));
    assert_eq!(source([255, 255, 255, 255]), Some(first));
    let localhost = Ipv4Addr::LOCALHOST;
    assert_eq!(host.ipv4.source_for(localhost), Some(localhost));
}
