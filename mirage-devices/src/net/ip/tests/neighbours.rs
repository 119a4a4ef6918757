//! ARP at an interface.

use super::*;

fn arps(host: &mut Host) -> Vec<Arp> {
    let sent = host.sent();
    let arps = sent.iter().filter(|frame| frame[12..14] == [8, 6]);
    arps.map(|frame| Arp::parse(&frame[14..]).unwrap())
        .collect()
}

#[test]
fn requests_and_probes_are_answered_for_usable_addresses_only() {
    let mut host = Host::new();
    let second = Ipv4Addr::new(10, 0, 0, 3);
    let claiming = (Claiming::Tentative, Defence::Once);
    host.ipv4
        .add_address(&mut host.ip, START, (second, 24), claiming)
        .unwrap();
    for sender in [PEER, Ipv4Addr::UNSPECIFIED] {
        host.input(&arp(Operation::Request, PEER_MAC, sender, LOCAL));
        let sent = arps(&mut host);
        assert_eq!(
            (sent.len(), sent[0].operation, sent[0].sender),
            (1, Operation::Reply, LOCAL)
        );
    }
    host.input(&arp(Operation::Request, PEER_MAC, PEER, second));
    assert!(arps(&mut host).is_empty(), "it is not ours yet");
    host.refuses(&frame(&udp(PEER, second, b"x")), DropReason::Destination);
    host.wait(Duration::from_secs(20));
    host.sent();
    host.input(&arp(Operation::Request, PEER_MAC, PEER, second));
    assert_eq!(arps(&mut host).len(), 1);
    assert!(host.input(&frame(&udp(PEER, second, b"x"))).is_some());
}

#[test]
fn a_conflict_is_reported() {
    let mut host = Host::new();
    let second = Ipv4Addr::new(10, 0, 0, 3);
    let claiming = (Claiming::Tentative, Defence::Once);
    host.ipv4
        .add_address(&mut host.ip, START, (second, 24), claiming)
        .unwrap();
    let lost = host.input(&arp(Operation::Reply, PEER_MAC, second, LOCAL));
    assert_eq!(lost, Some(format!("{:?} 10.0.0.3", Conflict::Lost)));
    assert!(!host.ipv4.is_usable(second));
    let defended = host.input(&arp(Operation::Request, PEER_MAC, LOCAL, PEER));
    assert_eq!(defended, Some(format!("{:?} 10.0.0.2", Conflict::Defended)));
    assert!(host.ipv4.is_usable(LOCAL));
    assert_eq!(arps(&mut host).len(), 1);
    assert_eq!(host.send(LOCAL, LOCAL, b"x"), Ok(()));
    assert!(host.ip.has_looped(), "no neighbour has our address");
}

#[test]
fn a_neighbour_that_does_not_answer_is_an_error_of_the_transport() {
    let mut host = Host::new();
    host.send(LOCAL, Ipv4Addr::new(10, 0, 0, 50), b"x").unwrap();
    let errors = host.wait(Duration::from_secs(4));
    assert_eq!(errors, ["HostUnreachable Udp 10.0.0.2 -> 10.0.0.50:1000"]);
    assert_eq!(host.ip.drops().get(DropReason::NeighbourUnreachable), 1);
}

#[test]
fn a_gateway_that_fails_over_is_followed() {
    let mut host = Host::new();
    let mut hint = NextHopHint::default();
    host.send_by(&mut hint, LOCAL, FAR, b"x").unwrap();
    let moved = [2, 0, 0, 0, 1, 0x50];
    for operation in [Operation::Request, Operation::Reply] {
        host.input(&arp(operation, moved, GATEWAY, GATEWAY));
    }
    host.sent();
    host.send_by(&mut hint, LOCAL, FAR, b"x").unwrap();
    assert_eq!(host.sent()[0][..6], moved);
}

#[test]
fn a_scan_from_neighbours_that_do_not_exist_delays_no_client() {
    let mut host = Host::new();
    for last in 100..180 {
        host.send(LOCAL, Ipv4Addr::new(10, 0, 0, last), b"x")
            .unwrap();
    }
    host.sent();
    let client = Ipv4Addr::new(10, 0, 0, 60);
    host.send(LOCAL, client, b"x").unwrap();
    assert_eq!(arps(&mut host)[0].target, client);
    host.input(&arp(Operation::Reply, [2, 0, 0, 0, 0, 60], client, LOCAL));
    assert_eq!(host.sent()[0][..6], [2, 0, 0, 0, 0, 60]);
}

#[test]
fn a_peer_that_makes_progress_is_not_probed() {
    for (remote, confirmed) in [(PEER, true), (FAR, true), (PEER, false)] {
        let mut host = Host::new();
        let mut hint = NextHopHint::default();
        for _ in 0..100 {
            host.send_by(&mut hint, LOCAL, remote, b"x").unwrap();
            if confirmed {
                let mut egress =
                    Ipv4Egress::new(&mut host.ipv4, &mut host.ip, host.now, &mut host.link);
                egress.confirm(remote.into(), &mut hint);
            }
            host.wait(Duration::from_secs(2));
        }
        let requests = arps(&mut host);
        let probes = requests.iter().filter(|arp| arp.target != LOCAL);
        assert_eq!(probes.count() == 0, confirmed, "{remote}");
    }
}

#[test]
fn senders_outside_the_network_are_not_learnt() {
    for sender in [FAR, Ipv4Addr::new(10, 0, 0, 255)] {
        let mut host = Host::new();
        let forged = [2, 7, 7, 7, 7, 7];
        host.input(&arp(Operation::Request, forged, sender, LOCAL));
        host.sent();
        for index in 0..4 {
            let hint = &mut NextHopHint::new(index, false);
            let mut egress =
                Ipv4Egress::new(&mut host.ipv4, &mut host.ip, host.now, &mut host.link);
            egress.confirm(sender.into(), hint);
            host.send_by(hint, LOCAL, sender, b"x").unwrap();
            assert_ne!(host.sent()[0][..6], forged);
        }
    }
}

#[test]
fn frames_that_the_link_sends_back_are_ignored() {
    let mut host = Host::new();
    host.wait(Duration::from_secs(10));
    let sent = host.sent();
    assert!(!sent.is_empty());
    for frame in sent {
        assert_eq!(host.input(&frame), None);
    }
    assert!(host.sent().is_empty());
}
