//! Neighbour discovery (RFC 4861).

use super::*;

const STRANGER: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0x77);
const OTHER_MAC: MacAddress = [2, 0, 0, 0, 0, 0x77];

#[test]
fn a_solicitation_is_answered_to_its_sender() {
    let mut host = Host::new();
    for target in [LOCAL, LINK_LOCAL] {
        let answer = host.answers(&solicitation(PEER, target));
        let (sent, flags, said, mac) = read_ndp(&answer[0]);
        assert_eq!(
            (sent.to, sent.source, sent.destination),
            (PEER_MAC, target, PEER)
        );
        assert_eq!((sent.payload[0], flags, said), (136, 0x60, target));
        assert_eq!(mac, option(2, MAC));
    }
    // One by unicast need not tell a MAC address.
    let mut probe = Ndp::solicitation(PEER, LOCAL);
    (probe.destination, probe.options) = (LOCAL, Vec::new());
    assert_eq!(read_ndp(&host.answers(&probe.frame())[0]).0.to, PEER_MAC);
}

#[test]
fn messages_that_a_router_may_have_forwarded_or_that_are_wrong_have_no_effect() {
    let mut host = Host::new();
    let question = Ndp::solicitation(STRANGER, LOCAL);
    let answer = Ndp::advertisement(STRANGER, OTHER_MAC);
    let wrong: [fn(&mut Ndp); 8] = [
        |ndp| ndp.hop_limit = 254,
        |ndp| ndp.code = 1,
        |ndp| ndp.target = ALL_NODES,
        |ndp| ndp.options = std::vec![1, 0, 0, 0, 0, 0, 0, 0],
        |ndp| ndp.options = std::vec![1, 2, 0, 0, 0, 0, 0, 0],
        |ndp| ndp.options.push(1),
        |ndp| ndp.options = option(1, [3; 6]),
        |ndp| ndp.options = [option(14, [0; 6]), std::vec![9, 0]].concat(),
    ];
    for (index, change) in wrong.into_iter().enumerate() {
        for ndp in [&question, &answer] {
            // The option of an answer is another one.
            if index == 6 && ndp.kind == 136 {
                continue;
            }
            let mut ndp = ndp.clone();
            change(&mut ndp);
            host.refuses(&ndp.frame(), DropReason::NdpMalformed);
        }
    }
    // An answer to all that says it was asked for.
    let mut to_all = answer;
    to_all.destination = ALL_NODES;
    host.refuses(&to_all.frame(), DropReason::NdpMalformed);
    // A question without a source that tells a MAC address, or that is not in the group.
    let mut detection = Ndp::solicitation(Ipv6Addr::UNSPECIFIED, LOCAL);
    detection.options = option(1, OTHER_MAC);
    host.refuses(&detection.frame(), DropReason::NdpMalformed);
    detection.options.clear();
    detection.destination = LOCAL;
    host.refuses(&detection.frame(), DropReason::NdpMalformed);
    assert!(host.sent().is_empty());
}

#[test]
fn a_fragment_is_no_message_of_neighbour_discovery() {
    let mut host = Host::new();
    let question = Ndp::solicitation(PEER, LOCAL);
    let mut payload = std::vec![58, 0, 0, 0, 0, 0, 0, 1];
    payload.extend(question.message());
    let packet = ipv6(PEER, question.destination, 44, 255, &payload);
    host.refuses(&frame(&packet), DropReason::NdpMalformed);
    assert!(host.sent().is_empty());
}

#[test]
fn questions_for_others_are_not_answered() {
    let mut host = Host::new();
    // The same group, another address.
    let namesake = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 1, 0, 2);
    assert_eq!(solicited_node(namesake), solicited_node(LOCAL));
    assert!(host.answers(&solicitation(PEER, namesake)).is_empty());
    host.refuses(&solicitation(PEER, STRANGER), DropReason::Destination);
}

#[test]
fn a_question_from_an_address_of_this_host_teaches_nothing() {
    let mut host = Host::new();
    host.refuses(&solicitation(LOCAL, LINK_LOCAL), DropReason::SourceLocal);
    assert!(host.sent().is_empty());
}

#[test]
fn a_packet_waits_for_the_answer() {
    let mut host = Host::new();
    host.send(LOCAL, STRANGER, b"1").unwrap();
    let sent = host.sent();
    let (question, _, target, mac) = read_ndp(&sent[0]);
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (question.payload[0], target, mac),
        (135, STRANGER, option(1, MAC))
    );
    assert_eq!(
        (question.source, question.destination),
        (LOCAL, solicited_node(STRANGER))
    );
    // One without a MAC address says nothing.
    let mut answer = Ndp::advertisement(STRANGER, OTHER_MAC);
    answer.options.clear();
    assert!(host.answers(&answer.frame()).is_empty());
    let sent = host.answers(&Ndp::advertisement(STRANGER, OTHER_MAC).frame());
    let packet = read(&sent[0]);
    assert_eq!(
        (packet.to, packet.destination, packet.protocol),
        (OTHER_MAC, STRANGER, 17)
    );
    host.send(LOCAL, STRANGER, b"2").unwrap();
    assert_eq!(read(&host.sent()[0]).to, OTHER_MAC);
}

#[test]
fn a_neighbour_that_does_not_answer_is_unreachable_after_three_questions() {
    let mut host = Host::new();
    host.send(LOCAL, STRANGER, b"1").unwrap();
    let errors = host.wait(Duration::from_secs(4));
    assert_eq!(errors, ["HostUnreachable Udp fd00::2 -> fd00::77:1000"]);
    let questions = host.sent();
    let asked = questions.iter().map(|frame| read_ndp(frame).2 == STRANGER);
    assert_eq!(asked.filter(|asked| *asked).count(), 3);
}

#[test]
fn flags_decide_whether_another_mac_address_is_believed() {
    // Flags of the answer, and where the next packet goes.
    for (flags, expected) in [
        (0x60, OTHER_MAC),
        (0x20, OTHER_MAC),
        (0x40, PEER_MAC),
        (0, PEER_MAC),
    ] {
        let mut host = Host::new();
        let mut answer = Ndp::advertisement(PEER, OTHER_MAC);
        answer.flags = flags;
        host.answers(&answer.frame());
        host.send(LOCAL, PEER, b"1").unwrap();
        assert_eq!(read(&host.sent()[0]).to, expected, "{flags:#x}");
    }
}

#[test]
fn a_neighbour_that_is_in_doubt_is_asked_by_unicast_until_the_transport_confirms_it() {
    let mut host = Host::new();
    let confirmed = |host: &mut Host, confirm: bool| {
        let hint = &mut NextHopHint::default();
        host.send_by(hint, LOCAL, PEER, b"1").unwrap();
        assert!(hint.is_in_doubt());
        if confirm {
            let (ip, link) = (&mut host.ip, &mut host.link);
            let mut layers = host.families.layers();
            let mut egress = layers.egress(ip, host.now, link);
            egress.confirm(PEER.into(), hint);
        }
        host.sent();
        host.wait(Duration::from_secs(6));
        host.sent()
    };
    assert!(confirmed(&mut host, true).is_empty());
    host.wait(Duration::from_secs(60));
    let probes = confirmed(&mut host, false);
    let (sent, _, target, _) = read_ndp(&probes[0]);
    assert_eq!((sent.to, sent.destination, target), (PEER_MAC, PEER, PEER));
}

#[test]
fn floods_of_the_link_evict_no_neighbour_that_is_in_use() {
    let mut host = Host::new();
    host.answers(&Ndp::advertisement(PEER, PEER_MAC).frame());
    for number in 0..5000_u16 {
        let address = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 1, number);
        // Each asks this host, and this host is made to ask each.
        host.input(&solicitation(address, LOCAL));
        let silent = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 2, number);
        host.send(LOCAL, silent, b"1").unwrap();
    }
    host.sent();
    host.send(LOCAL, PEER, b"1").unwrap();
    assert_eq!(read(&host.sent()[0]).to, PEER_MAC);
    // A client that is new is answered meanwhile.
    let answer = host.answers(&solicitation(STRANGER, LOCAL));
    assert_eq!(read_ndp(&answer[0]).0.destination, STRANGER);
}

#[test]
fn any_message_is_parsed_or_refused() {
    use proptest::prelude::*;
    let any_message = prop::collection::vec(any::<u8>(), 0..100);
    let mut runner = proptest::test_runner::TestRunner::default();
    let result = runner.run(&any_message, |message| {
        let received = Received {
            source: PEER,
            destination: LOCAL,
            hop_limit: 255,
            message: &message,
        };
        let _ = crate::net::neighbour::Discovery::parse(&received);
        Ok(())
    });
    result.unwrap();
}
