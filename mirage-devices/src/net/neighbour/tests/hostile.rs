//! Scans, floods and malformed packets.

use super::*;
use crate::net::{drops::DropReason, neighbour::pending::MAX_PENDING};
use proptest::prelude::*;

#[test]
fn a_scan_evicts_no_neighbour_and_a_client_is_answered_during_it() {
    let mut fixture = Fixture::new();
    fixture.send(START, 1, 1);
    fixture.receive(START, &reply(1));
    for ghost in 100..10_000 {
        fixture.send(after(1), ghost, 2);
    }
    let evicted = 9_900 - MAX_PENDING as u64;
    assert_eq!(fixture.drops.get(DropReason::NeighbourEvicted), evicted);
    assert!(fixture.cache.lookup(after(1), host(1)).is_some());
    fixture.sent();
    fixture.send(after(2), 2, 3);
    fixture.receive(after(3), &reply(2));
    assert_eq!(fixture.packets(), [(mac_of(2), 3)]);
    assert_eq!(fixture.run_until(after(10_000)).len(), MAX_PENDING - 1);
    assert!(fixture.cache.lookup(after(10_000), host(1)).is_some());
}

#[test]
fn waiting_packets_have_a_limit_in_bytes() {
    let mut fixture = Fixture::new();
    for ghost in 0..100 {
        fixture.send_frame(START, ghost, std::vec![9; 1514]);
    }
    let kept = 64 * 1024 / 1514;
    assert_eq!(fixture.run_until(after(9000)).len(), kept);
    let evicted = fixture.drops.get(DropReason::NeighbourEvicted);
    assert_eq!(evicted, 100 - kept as u64);
}

#[test]
fn a_link_without_room_loses_the_request_and_nothing_else() {
    let mut fixture = Fixture::new();
    fixture.link = Recorder::with_room(0);
    fixture.send(START, 1, 1);
    assert_eq!(fixture.drops.get(DropReason::LinkFull), 1);
    fixture.link = Recorder::with_room(9);
    fixture.run_until(after(1000));
    assert_eq!(fixture.arps().len(), 1);
    fixture.receive(after(1001), &reply(1));
    assert_eq!(fixture.packets(), [(mac_of(1), 1)]);
}

#[test]
fn impossible_senders_are_refused() {
    let valid = {
        let mut link = Recorder::with_room(1);
        request(1, LOCAL).broadcast(&mut link);
        link.frames[0].0[14..].to_vec()
    };
    assert_eq!(Arp::parse(&valid), Ok(request(1, LOCAL)));
    let with = |range: core::ops::Range<usize>, bytes: &[u8]| {
        let mut packet = valid.clone();
        packet[range].copy_from_slice(bytes);
        Arp::parse(&packet)
    };
    for mac in [[0xff; 6], [1, 0, 0, 0, 0, 0]] {
        assert_eq!(with(8..14, &mac), Err(DropReason::ArpSender));
    }
    for sender in [[127, 0, 0, 1], [224, 0, 0, 1], [255; 4]] {
        assert_eq!(with(14..18, &sender), Err(DropReason::ArpSender));
    }
    let mut reply_without_sender = valid.clone();
    reply_without_sender[7] = 2;
    reply_without_sender[14..18].fill(0);
    assert_eq!(
        Arp::parse(&reply_without_sender),
        Err(DropReason::ArpSender)
    );
    assert_eq!(with(6..8, &[0, 3]), Err(DropReason::ArpMalformed));
    assert_eq!(with(4..5, &[8]), Err(DropReason::ArpMalformed));
    assert_eq!(with(2..4, &[0x86, 0xdd]), Err(DropReason::ArpMalformed));
    assert_eq!(Arp::parse(&valid[..27]), Err(DropReason::ArpMalformed));
}

proptest! {
    #[test]
    fn any_bytes_are_parsed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Arp::parse(&bytes);
    }

    /// Whatever happens, waiting packets have a deadline, and each is sent or given up.
    #[test]
    fn packets_are_sent_or_counted(steps in prop::collection::vec((0..4_u8, 0..6_u16, 0..3000_u64), 1..200)) {
        let mut fixture = Fixture::new();
        let (mut now, mut queued, mut done) = (START, 0, 0);
        for (action, number, milliseconds) in steps {
            match action {
                0 => {
                    queued += usize::from(fixture.send(now, number, 1).is_none());
                }
                1 => fixture.receive(now, &reply(number)),
                2 => fixture.receive(now, &request(number, LOCAL)),
                _ => {
                    now = now + Duration::from_millis(milliseconds);
                    fixture.run_until(now);
                }
            }
            done += fixture.packets().len();
        }
        fixture.run_until(now + Duration::from_secs(60));
        prop_assert_eq!(fixture.cache.next_deadline(), None);
        prop_assert_eq!(queued, done + fixture.drops.total() as usize);
    }
}
