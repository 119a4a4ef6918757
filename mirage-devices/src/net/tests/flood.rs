//! More requests for a connection than anybody can mean.

use super::{
    client::Bench,
    echo::echo,
    hand::{ByHand, Segment},
};
use crate::net::tcp::MAX_HALF_OPEN_PER_PORT;
use core::{cell::Cell, net::Ipv4Addr, time::Duration};
use smoltcp::wire::TcpControl;
use std::{rc::Rc, vec::Vec};

#[test]
fn ten_thousand_half_open_connections_and_a_real_client_is_served() {
    let mut hand = ByHand::new();
    let listener = Rc::new(hand.bench.stack.listen(7).unwrap());
    let served = listener.clone();
    hand.bench.world.spawn(async move {
        loop {
            echo(&served).await;
        }
    });
    let mut next = None;
    let mut most = 0;
    for number in 0..10_000u32 {
        let mut forged = Segment::syn((1024 + number % 50_000) as u16, 7);
        forged.peer.0 = Ipv4Addr::from(0xc0a8_0000 + number);
        hand.push(&forged.frame());
        if number % 100 != 99 {
            continue;
        }
        hand.frames();
        most = most.max(hand.bench.stack.sockets());
        // During the flood a client opens a connection and uses it.
        next = Some(match next {
            None => hand.open(50_000, 7),
            Some(last) => speak(&mut hand, &last),
        });
    }
    assert!(
        most <= usize::from(MAX_HALF_OPEN_PER_PORT) + 1,
        "{most} sockets at once"
    );
    let counters = hand.bench.stack.counters().tcp;
    assert!(counters.cookies_sent >= 10_000 - u64::from(MAX_HALF_OPEN_PER_PORT));
    assert_eq!(counters.accept_queue_full, 0);
    hand.bench.world.pass(Duration::from_secs(70));
    assert_eq!(
        hand.bench.stack.sockets(),
        1,
        "the flood has left something"
    );
}

/// Sends a word on an open connection, which the echo must send back. Returns the next segment to send.
fn speak(hand: &mut ByHand, last: &Segment) -> Segment {
    let word = Segment {
        payload: b"word".to_vec(),
        ..last.clone()
    };
    let answers = hand.exchange(&word);
    let back: Vec<u8> = answers
        .iter()
        .flat_map(|answer| answer.payload.clone())
        .collect();
    assert_eq!(back, b"word");
    let next = Segment {
        sequence: word.end(),
        acknowledges: answers.last().map(Segment::end),
        ..last.clone()
    };
    hand.exchange(&next);
    next
}

#[test]
fn a_full_backlog_drops_the_request_and_the_client_gets_in_later() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    let client = bench.client.clone();
    let waiting = bench.world.run(async move {
        let mut waiting = Vec::new();
        for _ in 0..256 {
            waiting.push(client.connect(7).await);
        }
        waiting
    });
    bench.world.pass(Duration::from_millis(1));
    let late = Rc::new(bench.client.start_connecting(60_000, 7));
    bench.world.pass(Duration::from_secs(4));
    assert_eq!(late.state(), smoltcp::socket::tcp::State::SynSent);
    assert!(bench.stack.counters().tcp.accept_queue_full >= 2);
    // Place for one, and the client, who has been sending its SYN again, is in.
    let accepted = Rc::new(Cell::new(None));
    let (place, connection) = (accepted.clone(), late.clone());
    bench.world.run(async move {
        place.set(Some(listener.accept().await.unwrap().peer_addr().port()));
        assert!(connection.established().await);
    });
    assert_eq!(accepted.get(), Some(waiting[0].port));
}

/// A request with a wrong checksum is none, and its socket does not take the next one's.
#[test]
fn a_damaged_request_leaves_nothing() {
    let mut hand = ByHand::new();
    let listener = hand.bench.stack.listen(7).unwrap();
    let mut damaged = Segment::syn(40_000, 7).frame();
    // In the checksum of the segment.
    damaged[14 + 20 + 16] ^= 1;
    hand.push(&damaged);
    let next = hand.open(40_001, 7);
    let stream = hand
        .bench
        .world
        .run(async move { listener.accept().await.unwrap() });
    assert_eq!(stream.peer_addr(), next.peer.into());
    assert_eq!(hand.bench.stack.sockets(), 1);
}

#[test]
fn a_closed_port_is_refused_but_not_without_limit() {
    let mut hand = ByHand::new();
    let refused = hand.ask(&Segment::syn(40_000, 80));
    assert_eq!(refused.control, TcpControl::Rst);
    assert_eq!(refused.acknowledges, Some(1001));
    for number in 0..500 {
        hand.push(&Segment::syn(1024 + number, 80).frame());
        if number % 100 == 99 {
            hand.bench.world.pass(Duration::from_millis(2));
        }
    }
    let refusals = hand.segments().len() as u64;
    assert!((50..80).contains(&refusals), "{refusals}");
    let limited = hand.bench.stack.counters().tcp.answers_limited;
    assert_eq!(refusals + limited, 500);
    hand.bench.world.pass(Duration::from_secs(1));
    hand.ask(&Segment::syn(40_000, 80));
    assert_eq!(hand.bench.stack.sockets(), 0);
}
