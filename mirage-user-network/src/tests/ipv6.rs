//! Neighbour discovery, and what the guest cannot reach.

use super::{frames::Frames, *};
use crate::{ndp, tests::frames::MAC};
use proptest::prelude::*;
use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        EthernetFrame, EthernetProtocol, EthernetRepr, Icmpv6Message, Icmpv6Packet, IpProtocol,
        Ipv6Packet, Ipv6Repr, TcpControl, TcpPacket, TcpRepr, TcpSeqNumber,
    },
};

const GUEST: Ipv6Addr = IPV6_EXAMPLE.guest.unwrap();
const LINK_LOCAL: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 2);

fn address(text: &str) -> Ipv6Addr {
    text.parse().expect("an address")
}

/// Returns a packet's frame.
fn packet(from: Ipv6Addr, to: Ipv6Addr, next_header: u8, payload: &[u8]) -> Vec<u8> {
    let link = EthernetRepr {
        src_addr: MAC,
        dst_addr: GATEWAY_MAC,
        ethertype: EthernetProtocol::Ipv6,
    };
    let header = Ipv6Repr {
        src_addr: from,
        dst_addr: to,
        next_header: next_header.into(),
        payload_len: payload.len(),
        hop_limit: 255,
    };
    let mut bytes = vec![0; link.buffer_len() + header.buffer_len() + payload.len()];
    let mut frame = EthernetFrame::new_unchecked(&mut bytes[..]);
    link.emit(&mut frame);
    let mut packet = Ipv6Packet::new_unchecked(frame.payload_mut());
    header.emit(&mut packet);
    packet.payload_mut().copy_from_slice(payload);
    bytes
}

/// Returns the frame of a SYN.
fn syn(from: Ipv6Addr, to: Ipv6Addr, port: u16) -> Vec<u8> {
    let segment = TcpRepr {
        src_port: 40000,
        dst_port: port,
        control: TcpControl::Syn,
        seq_number: TcpSeqNumber(1),
        ack_number: None,
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
        &from.into(),
        &to.into(),
        &ChecksumCapabilities::default(),
    );
    packet(from, to, IpProtocol::Tcp.into(), &bytes)
}

/// Waits until the network has processed all frames that were sent.
fn is_alive(frames: &Frames) {
    frames.solicit(GUEST, IPV6_EXAMPLE.name_server);
    frames.receive(|packet| {
        let message = packet.payload();
        let is_answer = message[0] == u8::from(Icmpv6Message::NeighborAdvert)
            && message[8..24] == IPV6_EXAMPLE.name_server.octets();
        is_answer.then_some(())
    });
}

#[test]
fn the_network_advertises_its_own_addresses() {
    let frames = Frames::start(&IPV6_EXAMPLE, &[]);
    // The answers to these would be the first.
    for other in [
        GUEST,
        LINK_LOCAL,
        address("fd00::9"),
        address("2001:db8::1"),
    ] {
        frames.solicit(GUEST, other);
    }
    let Ipv6Addresses {
        gateway,
        router,
        name_server,
        ..
    } = IPV6_EXAMPLE;
    for target in [gateway, router, name_server] {
        // A router that does not say that it is one is none (RFC 4861, section 7.2.5).
        for (from, to, flags) in [
            (GUEST, GUEST, 0xe0),
            (LINK_LOCAL, LINK_LOCAL, 0xe0),
            (Ipv6Addr::UNSPECIFIED, ndp::ALL_NODES, 0xa0),
        ] {
            frames.solicit(from, target);
            let (source, destination, message) =
                frames.receive_message(Icmpv6Message::NeighborAdvert);
            assert_eq!((source, destination), (target, to));
            assert_eq!(message[4..8], [flags, 0, 0, 0]);
            assert_eq!(message[8..24], target.octets());
            assert_eq!(message[24..], [&[2, 1], &GATEWAY_MAC.0[..]].concat());
        }
    }
    frames.close();
}

#[test]
fn invalid_messages_are_not_answered() {
    let frames = Frames::start(&IPV6_EXAMPLE, &[]);
    let mut message = vec![Icmpv6Message::NeighborSolicit.into(), 0, 0, 0, 0, 0, 0, 0];
    message.extend(IPV6_EXAMPLE.gateway.octets());
    let (gateway, next_header) = (IPV6_EXAMPLE.gateway, IpProtocol::Icmpv6.into());
    // No checksum.
    frames.send(&packet(GUEST, gateway, next_header, &message));
    let valid = ndp::frame((GUEST, MAC), (gateway, GATEWAY_MAC), &message);
    let changed = |offset: usize, value| {
        let mut frame = valid.clone();
        frame[offset] = value;
        frame
    };
    // A sender that is a group, and a hop limit of 64: a router has forwarded it.
    for frame in [changed(6, 0x33), changed(21, 64)] {
        frames.send(&frame);
    }
    // Of another host, of ours, and of nobody.
    for from in ["fd01::2", "fd00::1", "::1", "ff02::1", "::ffff:10.0.0.2"] {
        frames.solicit(address(from), gateway);
    }
    // A code, options that are too long or empty, and no target.
    for (change, length) in [
        ((1, 1), 24),
        ((25, 2), 32),
        ((25, 0), 32),
        ((0, 135), 25),
        ((0, 135), 23),
        ((0, 135), 8),
    ] {
        let mut message = message.clone();
        message.extend([1, 1, 2, 0, 0, 0, 0, 2]);
        let (offset, value) = change;
        message[offset] = value;
        frames.send_message(GUEST, gateway, &message[..length]);
    }
    frames.solicit(GUEST, IPV6_EXAMPLE.router);
    let (from, ..) = frames.receive_message(Icmpv6Message::NeighborAdvert);
    assert_eq!(from, IPV6_EXAMPLE.router, "the first answer");
    frames.close();
}

/// Which packets of the guest leave it, by their sources and destinations.
#[test]
fn the_filter_knows_links_and_hosts() {
    let hosts = hosts::EXAMPLE;
    let is_sent = |from, to, segment: bool| {
        let (from, to) = (address(from), address(to));
        if segment {
            let tuple = filter::FourTuple {
                guest: SocketAddr::new(from.into(), 40000),
                remote: SocketAddr::new(to.into(), 80),
            };
            match filter::verdict(&syn(from, to, 80), &hosts) {
                Verdict::Connect(found) if found == tuple => true,
                Verdict::Drop => false,
                verdict => panic!("{from} to {to}: {verdict:?}"),
            }
        } else {
            let datagram = [0x9c, 0x40, 0, 80, 0, 8, 0, 0];
            let frame = packet(from, to, IpProtocol::Udp.into(), &datagram);
            filter::verdict(&frame, &hosts) == Verdict::Accept
        }
    };
    for (from, to, expected) in [
        ("fd00::2", "2001:db8::1", true),
        ("fd00::9", "2001:db8::1", true),
        ("fd00::2", "fd01::1", true),
        ("fd00::2", "64:ff9b::192.0.2.1", true),
        ("fd00::2", "fd00::1", true),
        ("fd00::2", "fd00::3", true),
        ("fd00::2", "fe80::1", true),
        ("fe80::2", "fe80::1", true),
        ("fe80::2", "fd00::1", true),
        ("fe80::2", "2001:db8::1", false),
        ("fd00::2", "fe80::2", false),
        ("fd00::2", "febf::1", false),
        ("fd00::2", "fd00::9", false),
        ("fd00::2", "fd00::2", false),
        ("fd00::2", "::", false),
        ("fd00::2", "::1", false),
        ("fd00::2", "::127.0.0.1", false),
        ("fd00::2", "::ffff:127.0.0.1", false),
        ("fd00::2", "::ffff:192.0.2.1", false),
        ("fd00::2", "ff02::1", false),
        ("fd00::2", "ff0e::1", false),
        ("fd01::2", "2001:db8::1", false),
        ("fd00::1", "2001:db8::1", false),
        ("fe80::1", "fd00::1", false),
        ("::", "fd00::1", false),
        ("::1", "fd00::1", false),
        ("ff02::1", "fd00::1", false),
        ("::ffff:10.0.0.2", "fd00::1", false),
    ] {
        for segment in [true, false] {
            assert_eq!(is_sent(from, to, segment), expected, "{from} to {to}");
        }
    }
}

/// The host would take the connections for ones to itself.
#[test]
fn addresses_that_mean_the_host_are_not_connected_to() {
    // It accepts connections of both families.
    let server = TcpListener::bind("[::]:0").expect("a free port");
    let port = server.local_addr().expect("a bound socket").port();
    let frames = Frames::start(&IPV6_EXAMPLE, &[]);
    for to in [
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:0.0.0.0",
        "ff02::1",
        "ff01::1",
        "fe80::9",
        "fd00::9",
    ] {
        frames.send(&syn(GUEST, address(to), port));
        let datagram = [0x9c, 0x40, 0, 9, 0, 8, 0, 0];
        frames.send(&packet(
            GUEST,
            address(to),
            IpProtocol::Udp.into(),
            &datagram,
        ));
    }
    // A link-local address is of no use beyond the link, and others are not the guest's.
    for from in ["fe80::2", "fd01::2", "::1", "::", "fd00::3", "ff02::1"] {
        frames.send(&syn(address(from), address("fd01::1"), port));
        frames.send(&syn(address(from), address("::ffff:127.0.0.1"), port));
    }
    is_alive(&frames);
    frames.send(&syn(GUEST, IPV6_EXAMPLE.gateway, port));
    let (_, client) = server.accept().expect("a connection");
    assert_eq!(client.ip(), Ipv6Addr::LOCALHOST);
    server.set_nonblocking(true).expect("a socket");
    let next = server.accept().expect_err("there was one connection");
    assert_eq!(next.kind(), io::ErrorKind::WouldBlock);
    frames.close();
}

/// The guest reaches the host's loopback at the gateway's link-local address, from its own.
#[test]
fn the_link_local_addresses_are_used() {
    let server = TcpListener::bind("[::1]:0").expect("a free port");
    let port = server.local_addr().expect("a bound socket").port();
    let frames = Frames::start(&IPV6_EXAMPLE, &[]);
    frames.solicit(LINK_LOCAL, IPV6_EXAMPLE.router);
    frames.receive_message(Icmpv6Message::NeighborAdvert);
    frames.send(&syn(LINK_LOCAL, IPV6_EXAMPLE.router, port));
    server.accept().expect("a connection");
    frames.receive(|packet| {
        let is_answer = packet.next_header() == IpProtocol::Tcp
            && packet.src_addr() == IPV6_EXAMPLE.router
            && packet.dst_addr() == LINK_LOCAL;
        is_answer.then_some(())
    });
    frames.close();
}

/// Extension headers, each of which says that the next one has the same number.
fn chain(number: u8, count: usize) -> Vec<u8> {
    let mut header = [0; 8];
    header[0] = number;
    // A fragment header has no length; the others have one option, which pads (RFC 8200, section 4.2).
    if number != 44 {
        header[2..4].copy_from_slice(&[1, 4]);
    }
    header.repeat(count)
}

#[test]
fn extension_headers_are_dropped() {
    let frames = Frames::start(&IPV6_EXAMPLE, &[]);
    // The network knows where answers go.
    is_alive(&frames);
    let echo = {
        let mut message = [128, 0, 0, 0, 0, 1, 0, 1];
        let mut packet = Icmpv6Packet::new_unchecked(&mut message[..]);
        packet.fill_checksum(&GUEST, &IPV6_EXAMPLE.gateway);
        message
    };
    for number in [0, 43, 44, 50, 51, 59, 60, 135, 139, 140, 253, 255] {
        for count in [1, 2, 180] {
            let mut payload = chain(number, count);
            let last = payload.len() - 8;
            payload[last] = IpProtocol::Icmpv6.into();
            payload.extend(echo);
            frames.send(&packet(GUEST, IPV6_EXAMPLE.gateway, number, &payload));
            frames.send(&packet(
                GUEST,
                IPV6_EXAMPLE.gateway,
                number,
                &chain(number, count),
            ));
        }
    }
    // Cut short, and longer than the frame.
    for length in 0..54 {
        let mut frame = packet(GUEST, IPV6_EXAMPLE.gateway, 58, &echo);
        frame.truncate(14 + length);
        frames.send(&frame);
    }
    let mut frame = packet(GUEST, IPV6_EXAMPLE.gateway, 58, &echo);
    frame[18..20].copy_from_slice(&[0xff, 0xff]);
    frames.send(&frame);
    frames.solicit(GUEST, IPV6_EXAMPLE.gateway);
    let first = frames.receive(|packet| Some(packet.payload()[0]));
    assert_eq!(first, u8::from(Icmpv6Message::NeighborAdvert));
    frames.close();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_packets_stop_the_network(
        packets in prop::collection::vec(
            (
                prop::sample::select(vec![0u8, 6, 17, 43, 44, 58, 58, 58, 59, 60]),
                prop::sample::select(vec!["::", "fd00::2", "fe80::2", "fd00::1", "ff02::1", "::1"]),
                prop::sample::select(vec!["fd00::1", "fe80::1", "ff02::1", "ff02::2", "::"]),
                prop::sample::select(vec![1u8, 2, 128, 129, 130, 133, 134, 135, 136, 137, 143]),
                prop::collection::vec(any::<u8>(), 0..80),
            ),
            1..40,
        ),
    ) {
        let frames = Frames::start(&Ipv6Addresses { guest: None, ..IPV6_EXAMPLE }, &[]);
        for (next_header, from, to, message_type, mut payload) in packets {
            let (from, to) = (address(from), address(to));
            if next_header == 58 && payload.len() >= 4 {
                payload[0] = message_type;
                payload[1] = 0;
                frames.send_message(from, to, &payload);
            } else {
                frames.send(&packet(from, to, next_header, &payload));
            }
        }
        is_alive(&frames);
        frames.close();
    }
}
