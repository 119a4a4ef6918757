//! Duplicate address detection (RFC 4862, section 5.4).

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Takes the messages of neighbour discovery sent: kind, destination and target.
fn messages(host: &mut Host) -> Vec<(u8, Ipv6Addr, Ipv6Addr)> {
    let sent = host.sent();
    let messages = sent.iter().map(|frame| read_ndp(frame));
    messages
        .map(|(sent, _, target, _)| (sent.payload[0], sent.destination, target))
        .collect()
}

#[test]
fn an_optimistic_address_is_used_at_once_and_asked_for_meanwhile() {
    let mut host = Host::starting(Claiming::Optimistic, Offloads::default());
    assert!(host.is_usable(LOCAL) && host.is_usable(LINK_LOCAL));
    host.wait(Duration::ZERO);
    let frames = host.sent();
    let questions: Vec<_> = frames.iter().map(|frame| read_ndp(frame)).collect();
    for ((sent, _, target, option), address) in questions.iter().zip([LOCAL, LINK_LOCAL]) {
        assert_eq!((sent.payload[0], *target), (135, address));
        assert_eq!(
            (sent.source, sent.destination),
            (Ipv6Addr::UNSPECIFIED, solicited_node(address))
        );
        assert_eq!(sent.to, group_mac(solicited_node(address)));
        assert!(
            option.is_empty(),
            "an unspecified source has no MAC address"
        );
    }
    assert_eq!(questions.len(), 2);
    // Until nobody has answered, what it says replaces nothing.
    let answer = host.answers(&solicitation(PEER, LOCAL));
    assert_eq!(read_ndp(&answer[0]).1, 0x40);
    host.send(LOCAL, FAR, b"1").unwrap();
    assert_eq!(
        read_ndp(&host.sent()[0]).3,
        [0; 0],
        "the question tells no MAC address"
    );
    host.wait(SECOND);
    let announced = messages(&mut host);
    assert!(announced.contains(&(136, ALL_NODES, LINK_LOCAL)));
    assert!(announced.contains(&(136, ALL_NODES, LOCAL)));
    let answer = host.answers(&solicitation(PEER, LOCAL));
    assert_eq!(read_ndp(&answer[0]).1, 0x60);
}

#[test]
fn a_tentative_address_is_not_used_and_answers_nobody() {
    let mut host = Host::starting(Claiming::Tentative, Offloads::default());
    assert!(!host.is_usable(LOCAL));
    assert!(host.answers(&solicitation(PEER, LOCAL)).is_empty());
    host.refuses(&frame(&udp(PEER, LOCAL, b"1")), DropReason::Destination);
    assert_eq!(
        host.send(LOCAL, PEER, b"1"),
        Err(TransmitError::Unreachable)
    );
    host.wait(SECOND * 2);
    assert!(host.is_usable(LOCAL) && host.is_usable(LINK_LOCAL));
    assert!(host.input(&frame(&udp(PEER, LOCAL, b"1"))).is_some());
}

#[test]
fn an_address_in_use_is_given_up() {
    for claiming in [Claiming::Tentative, Claiming::Optimistic] {
        let mut host = Host::starting(claiming, Offloads::default());
        let sockets = host.families.sockets();
        let mut defence = Ndp::advertisement(LOCAL, PEER_MAC);
        (defence.destination, defence.flags) = (ALL_NODES, 0x20);
        assert!(host.answers(&defence.frame()).is_empty());
        assert!(!host.is_usable(LOCAL));
        host.wait(SECOND * 5);
        assert!(!host.is_usable(LOCAL) && host.is_usable(LINK_LOCAL));
        assert_eq!(sockets.source_for(PEER), None);
        assert!(host.answers(&solicitation(PEER, LOCAL)).is_empty());
    }
}

#[test]
fn two_hosts_that_ask_at_once_both_give_up() {
    let mut host = Host::starting(Claiming::Optimistic, Offloads::default());
    let question = solicitation(Ipv6Addr::UNSPECIFIED, LOCAL);
    assert!(host.answers(&question).is_empty());
    assert!(!host.is_usable(LOCAL));
}

#[test]
fn a_question_that_a_hub_sends_back_is_no_conflict() {
    let mut host = Host::starting(Claiming::Optimistic, Offloads::default());
    host.wait(Duration::ZERO);
    for frame in host.sent() {
        assert!(host.answers(&frame).is_empty());
    }
    assert!(host.is_usable(LOCAL));
}

#[test]
fn an_address_that_was_unique_is_defended_and_kept() {
    let mut host = Host::new();
    let defence = host.answers(&solicitation(Ipv6Addr::UNSPECIFIED, LOCAL));
    let (sent, flags, target, answer) = read_ndp(&defence[0]);
    assert_eq!(
        (sent.destination, sent.to),
        (ALL_NODES, group_mac(ALL_NODES))
    );
    assert_eq!((flags, target, answer), (0x20, LOCAL, option(2, MAC)));
    let other = Ndp::advertisement(LOCAL, PEER_MAC).frame();
    assert!(host.answers(&other).is_empty());
    assert!(host.is_usable(LOCAL));
}
