//! ICMPv6 (RFC 4443).

use super::*;

fn echo(source: Ipv6Addr, destination: Ipv6Addr) -> Vec<u8> {
    frame(&icmp(source, destination, 128, 0, b"\0\x07\0\x01hello"))
}

/// The start of a packet that this host sent.
fn about(packet: &[u8]) -> Vec<u8> {
    let mut rest = std::vec![0; 4];
    rest.extend(packet);
    rest
}

#[test]
fn an_echo_request_is_answered() {
    let mut host = Host::new();
    let local_and_source = [
        (LOCAL, PEER, LOCAL),
        (LINK_LOCAL, LINK_LOCAL_PEER, LINK_LOCAL),
        (ALL_NODES, LINK_LOCAL_PEER, LINK_LOCAL),
        (ALL_NODES, PEER, LOCAL),
    ];
    for (destination, source, from) in local_and_source {
        let reply = read(&host.answers(&echo(source, destination))[0]);
        assert_eq!((reply.source, reply.destination), (from, source));
        assert_eq!((reply.to, reply.hop_limit), (PEER_MAC, 64));
        assert_eq!(reply.payload[..2], [129, 0]);
        assert_eq!(reply.payload[4..], *b"\0\x07\0\x01hello");
    }
    // Through the gateway.
    let reply = read(&host.answers(&echo(FAR, LOCAL))[0]);
    assert_eq!((reply.destination, reply.to), (FAR, PEER_MAC));
}

#[test]
fn echo_requests_beyond_the_rate_of_a_source_are_counted() {
    let mut host = Host::new();
    for _ in 0..200 {
        host.input(&echo(PEER, LOCAL));
    }
    let (sent, limited) = (
        host.sent().len(),
        host.ip.drops().get(DropReason::EchoLimited),
    );
    assert_eq!(sent + limited as usize, 200);
    assert!((97..=100).contains(&sent), "{sent}");
}

#[test]
fn messages_that_are_short_wrong_or_of_no_effect_are_dropped() {
    let mut host = Host::new();
    let message = |kind, rest: &[u8]| frame(&icmp(PEER, LOCAL, kind, 0, rest));
    host.refuses(&message(128, &[0; 3]), DropReason::IcmpMalformed);
    let mut corrupt = message(128, &[0; 8]);
    corrupt[60] ^= 1;
    host.refuses(&corrupt, DropReason::IcmpChecksum);
    // An echo reply, a router's advertisement, a redirect, a report of groups, and an unknown error.
    for kind in [129, 134, 137, 143, 100] {
        host.refuses(&message(kind, &[0; 40]), DropReason::IcmpIgnored);
    }
    host.refuses(
        &echo(Ipv6Addr::UNSPECIFIED, LOCAL),
        DropReason::SourceMartian,
    );
    assert!(host.sent().is_empty());
}

#[test]
fn errors_about_our_packets_are_passed_on() {
    let ours = udp(LOCAL, FAR, b"1");
    // A destination option before the datagram.
    let mut payload = std::vec![17, 0, 1, 4, 0, 0, 0, 0];
    payload.extend(datagram(LOCAL, FAR, b"1"));
    let with_options = ipv6(LOCAL, FAR, 60, 64, &payload);
    let end = "Udp fd00::2 -> 2001:db8::7:7";
    for (kind, code, expected) in [
        (1, 0, "NetworkUnreachable"),
        (1, 1, "Prohibited"),
        (1, 3, "HostUnreachable"),
        (1, 4, "PortUnreachable"),
        (1, 6, "Prohibited"),
        (3, 0, "TimeExceeded"),
        (4, 0, "ParameterProblem"),
        (4, 1, "ProtocolUnreachable"),
    ] {
        for packet in [&ours, &with_options] {
            let mut host = Host::new();
            let error = frame(&icmp(GATEWAY, LOCAL, kind, code, &about(packet)));
            assert_eq!(host.input(&error), Some(format!("{expected} {end}")));
        }
    }
}

#[test]
fn a_path_carries_at_least_1280_bytes() {
    let mut host = Host::new();
    let too_big = |mtu: u32| {
        let mut rest = Vec::from(mtu.to_be_bytes());
        rest.extend(udp(LOCAL, FAR, b"1"));
        frame(&icmp(GATEWAY, LOCAL, 2, 0, &rest))
    };
    for (mtu, expected) in [(1280, 1280), (1400, 1400), (70_000, u16::MAX)] {
        let error = host.input(&too_big(mtu));
        let expected =
            format!("FragmentationNeeded {{ mtu: {expected} }} Udp fd00::2 -> 2001:db8::7:7");
        assert_eq!(error, Some(expected));
    }
    for mtu in [0, 68, 1279] {
        host.refuses(&too_big(mtu), DropReason::IcmpIgnored);
    }
}

#[test]
fn errors_about_packets_of_others_are_dropped() {
    let mut host = Host::new();
    let mapped: Ipv6Addr = "::ffff:10.0.0.9".parse().unwrap();
    let fragment = ipv6(
        LOCAL,
        FAR,
        44,
        64,
        &[17, 0, 1, 0, 0, 0, 0, 1, 0, 7, 0, 7, 0, 8, 0, 0],
    );
    for packet in [
        udp(PEER, FAR, b"1"),
        udp(Ipv6Addr::LOCALHOST, FAR, b"1"),
        udp(LOCAL, mapped, b"1"),
        udp(LOCAL, FAR, b"1")[..47].to_vec(),
        std::vec![0x45; 60],
        icmp(LOCAL, FAR, 128, 0, &[0; 20]),
        // Not the first fragment.
        fragment,
    ] {
        let error = frame(&icmp(GATEWAY, LOCAL, 1, 4, &about(&packet)));
        host.refuses(&error, DropReason::IcmpForeign);
    }
    let to_all = frame(&icmp(
        GATEWAY,
        ALL_NODES,
        1,
        4,
        &about(&udp(LOCAL, FAR, b"1")),
    ));
    host.refuses(&to_all, DropReason::IcmpForeign);
}

#[test]
fn a_closed_port_is_told_to_the_source_of_a_datagram() {
    let mut host = Host::new();
    let long = [7; 1400];
    for (data, quoted) in [(&b"1"[..], 49), (&long, 1280 - 48)] {
        let mut received = frame(&udp(PEER, LOCAL, data));
        received.extend([0; 10]);
        let original = host.families.layers().original_of(&received).unwrap();
        let (ip, link) = (&mut host.ip, &mut host.link);
        host.families
            .layers()
            .refuse_datagram(ip, START, link, &original);
        let error = read(&host.sent()[0]);
        assert_eq!((error.source, error.destination), (LOCAL, PEER));
        assert_eq!(error.payload[..2], [1, 4]);
        assert_eq!(error.payload[4..8], [0; 4]);
        assert_eq!(error.payload[8..], received[14..14 + quoted]);
    }
}

#[test]
fn an_unknown_protocol_is_told_to_its_source_but_nobody_else() {
    let mut host = Host::new();
    let packet = ipv6(PEER, LOCAL, 132, 64, &[0; 12]);
    host.refuses(&frame(&packet), DropReason::Protocol);
    let error = read(&host.sent()[0]);
    assert_eq!((error.payload[0], error.payload[1]), (4, 1));
    assert_eq!(error.payload[4..8], 6_u32.to_be_bytes());
    assert_eq!(error.payload[8..], packet);
    // To a group, and no next header at all.
    host.refuses(
        &frame(&ipv6(PEER, ALL_NODES, 132, 64, &[0; 12])),
        DropReason::Protocol,
    );
    host.refuses(
        &frame(&ipv6(PEER, LOCAL, 59, 64, &[0; 12])),
        DropReason::Protocol,
    );
    assert!(host.sent().is_empty());
}

#[test]
fn errors_are_limited_by_source_and_never_answer_errors() {
    let mut host = Host::new();
    let packet = ipv6(PEER, LOCAL, 132, 64, &[0; 12]);
    for _ in 0..50 {
        host.input(&frame(&packet));
    }
    assert!((17..=20).contains(&host.sent().len()));
    // An error with an option that would be refused.
    let mut payload = std::vec![58, 0, 0xc9, 4, 0, 0, 0, 0];
    payload.extend(&icmp(FAR, LOCAL, 1, 4, &about(&udp(LOCAL, FAR, b"1")))[40..]);
    let packet = ipv6(FAR, LOCAL, 60, 64, &payload);
    host.refuses(&frame(&packet), DropReason::Ipv6Extension);
    assert!(host.sent().is_empty());
}
