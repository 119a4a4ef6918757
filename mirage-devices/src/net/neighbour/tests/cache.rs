//! The states of a neighbour.

use super::*;
use crate::net::{drops::DropReason, neighbour::entries::MAX_ENTRIES};

const BROADCAST: MacAddress = [0xff; 6];

#[test]
fn the_first_packet_waits_for_the_answer() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.send(START, 1, 77), None);
    let expected = Arp::request(MAC, LOCAL, host(1));
    assert_eq!(fixture.arps(), [(BROADCAST, expected)]);
    fixture.receive(after(1), &reply(1));
    assert_eq!(fixture.packets(), [(mac_of(1), 77)]);
    assert_eq!(fixture.send(after(2), 1, 78), Some(mac_of(1)));
    assert_eq!(
        fixture.cache.lookup(after(2), host(1)),
        Some((mac_of(1), 0))
    );
    assert_eq!(
        fixture.cache.reachable(after(2), 0, host(1)),
        Some(mac_of(1))
    );
    assert_eq!(fixture.drops.total(), 0);
}

#[test]
fn three_requests_a_second_apart_and_then_an_error() {
    let mut fixture = Fixture::new();
    fixture.send(START, 1, 1);
    for milliseconds in [999, 1000, 1500, 2000, 2500] {
        assert!(fixture.expire(after(milliseconds)).is_empty());
    }
    assert_eq!(fixture.arps().len(), 3);
    assert_eq!(fixture.expire(after(3000)), [1]);
    assert_eq!(fixture.drops.get(DropReason::NeighbourUnreachable), 1);
    assert_eq!(fixture.cache.next_deadline(), None);
    assert!(fixture.arps().is_empty());
    fixture.send(after(3001), 1, 2);
    assert_eq!(fixture.arps().len(), 1, "it is asked anew");
}

#[test]
fn each_neighbour_is_asked_for_itself() {
    let mut fixture = Fixture::new();
    for number in 0..100 {
        fixture.send(START, number, 0);
    }
    assert_eq!(fixture.arps().len(), 100);
    fixture.receive(after(1), &reply(99));
    assert_eq!(fixture.packets(), [(mac_of(99), 0)]);
}

#[test]
fn three_packets_wait_and_the_oldest_makes_room() {
    let mut fixture = Fixture::new();
    for payload in 0..5 {
        fixture.send(START, 1, payload);
    }
    assert_eq!(fixture.arps().len(), 1, "one request for all of them");
    fixture.receive(after(1), &reply(1));
    let expected = [2, 3, 4].map(|payload| (mac_of(1), payload));
    assert_eq!(fixture.packets(), expected);
    assert_eq!(fixture.drops.get(DropReason::NeighbourQueueFull), 2);
}

#[test]
fn a_neighbour_that_is_not_confirmed_is_probed_by_unicast() {
    let mut fixture = Fixture::new();
    fixture.send(START, 1, 1);
    fixture.receive(START, &reply(1));
    fixture.sent();
    let stale = after(46_000);
    assert_eq!(fixture.cache.reachable(stale, 0, host(1)), None);
    assert_eq!(fixture.run_until(stale), [], "unused, it is left alone");
    assert_eq!(
        fixture.send(stale, 1, 2),
        Some(mac_of(1)),
        "it is used meanwhile"
    );
    fixture.run_until(stale + Duration::from_millis(4999));
    assert!(fixture.sent().is_empty());
    fixture.run_until(stale + Duration::from_millis(5000));
    let probe = Arp::request(MAC, LOCAL, host(1));
    assert_eq!(fixture.arps(), [(mac_of(1), probe)]);
    fixture.receive(stale + Duration::from_millis(5001), &reply(1));
    let later = stale + Duration::from_secs(15);
    assert!(fixture.cache.reachable(later, 0, host(1)).is_some());
    fixture.run_until(later);
    assert!(fixture.sent().is_empty());
}

#[test]
fn a_neighbour_that_does_not_answer_probes_is_asked_anew() {
    let mut fixture = Fixture::new();
    fixture.send(START, 1, 1);
    fixture.receive(START, &reply(1));
    fixture.send(after(46_000), 1, 2);
    fixture.sent();
    fixture.run_until(after(53_999));
    assert_eq!(fixture.arps().len(), 3);
    assert_eq!(fixture.send(after(53_999), 1, 3), Some(mac_of(1)));
    fixture.run_until(after(54_000));
    assert_eq!(fixture.send(after(54_000), 1, 4), None);
    assert_eq!(fixture.arps()[0].0, BROADCAST);
}

#[test]
fn progress_of_a_transport_protocol_confirms_a_neighbour() {
    let mut fixture = Fixture::new();
    fixture.send(START, 1, 1);
    fixture.receive(START, &reply(1));
    fixture.sent();
    for second in (0..600).step_by(5) {
        let now = after(second * 1000);
        fixture.cache.confirm(now, 0, host(1));
        assert!(
            fixture.cache.reachable(now, 0, host(1)).is_some(),
            "{second}"
        );
        fixture.run_until(now);
    }
    assert!(fixture.sent().is_empty(), "no probe was needed");
    let stale = after(700_000);
    fixture.send(stale, 1, 2);
    fixture.cache.confirm(stale, 0, host(1));
    fixture.run_until(after(710_000));
    assert!(
        fixture.sent().is_empty(),
        "a confirmation disarms the probe"
    );
}

#[test]
fn gratuitous_requests_and_replies_move_known_neighbours_only() {
    for operation in [Operation::Request, Operation::Reply] {
        let mut fixture = Fixture::new();
        fixture.send(START, 1, 1);
        fixture.receive(START, &reply(1));
        for number in [1, 2] {
            let announcement = Arp {
                operation,
                sender_mac: [2, 9, 9, 9, 9, 9],
                sender: host(number),
                target_mac: [0; 6],
                target: host(number),
            };
            fixture.receive(after(1000), &announcement);
        }
        fixture.sent();
        assert_eq!(fixture.send(after(1001), 1, 2), Some([2, 9, 9, 9, 9, 9]));
        assert_eq!(fixture.cache.lookup(after(1001), host(2)), None);
        fixture.run_until(after(6001));
        let probed = fixture.arps();
        assert_eq!(probed[0].0, [2, 9, 9, 9, 9, 9], "the claim is verified");
    }
}

#[test]
fn a_request_for_this_host_is_answered_and_its_sender_learnt() {
    let mut fixture = Fixture::new();
    fixture.receive(START, &request(1, LOCAL));
    let expected = Arp {
        operation: Operation::Reply,
        sender_mac: MAC,
        sender: LOCAL,
        target_mac: mac_of(1),
        target: host(1),
    };
    assert_eq!(fixture.arps(), [(mac_of(1), expected)]);
    assert_eq!(fixture.send(after(1), 1, 1), Some(mac_of(1)));
    fixture.receive(after(2), &request(2, host(3)));
    assert!(fixture.sent().is_empty());
    assert_eq!(
        fixture.cache.lookup(after(3), host(2)),
        None,
        "not ours to learn"
    );
}

#[test]
fn a_probe_is_answered_and_teaches_nothing() {
    let mut fixture = Fixture::new();
    let probe = Arp::request(mac_of(1), Ipv4Addr::UNSPECIFIED, LOCAL);
    fixture.receive(START, &probe);
    let arps = fixture.arps();
    assert_eq!(arps.len(), 1);
    assert_eq!((arps[0].0, arps[0].1.sender), (mac_of(1), LOCAL));
    assert_eq!(fixture.cache.lookup(START, Ipv4Addr::UNSPECIFIED), None);
}

#[test]
fn neighbours_of_a_lost_address_are_forgotten() {
    let mut fixture = Fixture::new();
    fixture.send(START, 1, 1);
    fixture.receive(START, &reply(1));
    fixture.send(START, 2, 2);
    fixture.sent();
    fixture.cache.remove_source(LOCAL);
    assert_eq!(fixture.cache.lookup(START, host(1)), None);
    assert_eq!(fixture.run_until(after(10_000)), []);
    assert!(fixture.sent().is_empty());
}

#[test]
fn strangers_evict_unused_neighbours_only() {
    let mut fixture = Fixture::new();
    let count = MAX_ENTRIES as u16;
    for number in 0..count {
        fixture.send(START, number, 1);
        fixture.receive(START, &reply(number));
    }
    fixture.receive(after(1), &request(5000, LOCAL));
    assert_eq!(fixture.cache.lookup(after(2), host(5000)), None);
    for number in 0..count {
        assert!(fixture.cache.lookup(after(3), host(number)).is_some());
    }
    // All but one are stale and in use: that one makes room.
    for number in 0..count - 1 {
        fixture.cache.lookup(after(46_000), host(number));
    }
    fixture.receive(after(46_001), &request(5000, LOCAL));
    assert_eq!(fixture.send(after(46_002), 5000, 1), Some(mac_of(5000)));
    assert_eq!(fixture.cache.lookup(after(46_002), host(count - 1)), None);
    assert!(fixture.cache.lookup(after(46_002), host(0)).is_some());
}
