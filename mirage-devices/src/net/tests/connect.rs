//! Connections that the stack opens: to another stack, and to a hand that does not do as it should.

use super::{
    cable::{Cable, Faults},
    client::{Bench, CLIENT, POOL, SERVER},
    hand::{ByHand, Segment, arp_frame},
    world::World,
};
use crate::{
    net::{
        Budget, Error, Stack, StackConfig, TcpStream,
        link::{Link, Receive},
        tcp::Algorithm,
    },
    random::Random,
};
use core::{
    cell::RefCell,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use embassy_futures::join::join;
use embedded_io_async::{Read, Write};
use smoltcp::wire::{ArpOperation, TcpControl};
use std::{rc::Rc, vec, vec::Vec};

pub(super) fn hand_at(port: u16) -> SocketAddr {
    (CLIENT, port).into()
}

impl Stack {
    /// Connections that the stack knows of, and sockets for datagrams.
    pub(super) fn is_empty(&self) -> bool {
        self.sockets() == 0
    }
}

/// A bench, and a second stack at the other end of its cable.
pub(super) fn two_stacks() -> (Bench, Stack) {
    let (bench, end) = Bench::without_client();
    let config = StackConfig {
        address: CLIENT,
        prefix_length: 24,
        gateway: None,
    };
    let clock = bench.world.clock();
    let random = Random::from_seed([43; 32]);
    let other = Stack::new(
        &end,
        Budget::new(POOL),
        Algorithm::CUBIC,
        random.clone(),
        clock.clone(),
    )
    .unwrap();
    let family = other.add_ipv4(Some(config), random).unwrap();
    bench.world.spawn(other.run(family, end, clock));
    (bench, other)
}

type Outcome = Rc<RefCell<Option<Result<TcpStream, Error>>>>;

/// Begins to open a connection; its outcome, when there is one.
pub(super) fn start(world: &World, stack: &Stack, peer: SocketAddr) -> Outcome {
    let outcome = Outcome::default();
    let (stack, place) = (stack.clone(), outcome.clone());
    world.spawn(async move {
        let result = stack.connect(peer).await;
        place.replace(Some(result));
    });
    outcome
}

/// A hand, and the SYN that it got from the stack.
fn asked(port: u16) -> (ByHand, Segment, Outcome) {
    let mut hand = ByHand::new();
    let outcome = start(&hand.bench.world, &hand.bench.stack, hand_at(port));
    let mut segments = hand.segments();
    assert_eq!(segments.len(), 1, "{segments:?}");
    let syn = segments.remove(0);
    assert_eq!(syn.control, TcpControl::Syn);
    assert_eq!(syn.acknowledges, None);
    assert_eq!(syn.peer, (CLIENT, port));
    (hand, syn, outcome)
}

/// The reply of the scripted peer to a SYN.
fn answer(syn: &Segment, control: TcpControl, acknowledges: u32) -> Segment {
    Segment {
        control,
        sequence: 7000,
        acknowledges: Some(acknowledges),
        ..syn.clone()
    }
}

#[test]
fn two_stacks_talk_over_a_bad_cable() {
    let (bench, other) = two_stacks();
    bench.cable.set_faults(&Faults {
        lost: 50,
        doubled: 20,
        overtaken: 20,
    });
    let listener = bench.stack.listen(7).unwrap();
    let sent: Vec<u8> = (0..100_000).map(|byte| (byte % 251) as u8).collect();
    let expected = sent.clone();
    let (received, ends) = bench.world.run(async move {
        let serve = async {
            let mut stream = listener.accept().await.unwrap();
            let mut all = Vec::new();
            let mut buffer = [0; 1000];
            while let count @ 1.. = stream.read(&mut buffer).await.unwrap() {
                all.extend_from_slice(&buffer[..count]);
            }
            stream.write_all(b"all of it").await.unwrap();
            (all, stream.peer_addr())
        };
        let ask = async {
            let mut stream = other.connect((SERVER, 7).into()).await.unwrap();
            assert_eq!(stream.peer_addr(), (SERVER, 7).into());
            stream.write_all(&sent).await.unwrap();
            stream.shutdown();
            let mut answer = vec![0; 9];
            stream.read_exact(&mut answer).await.unwrap();
            assert_eq!(answer, b"all of it");
            stream.local_addr()
        };
        let ((all, peer), local) = join(serve, ask).await;
        (all, (peer, local))
    });
    assert_eq!(received, expected);
    assert_eq!(ends.0, ends.1);
}

#[test]
fn a_port_without_a_listener_refuses() {
    let (bench, other) = two_stacks();
    let stack = other.clone();
    let refused = bench
        .world
        .run(async move { other.connect((SERVER, 8).into()).await.err() });
    assert_eq!(refused, Some(Error::ConnectionRefused));
    bench.world.pass(Duration::from_secs(1));
    assert!(stack.is_empty());
}

/// What this host asks of itself is answered without a limit: no segment is sent again for it.
#[test]
fn a_program_that_connects_to_itself_is_refused_each_time() {
    let bench = Bench::new();
    let stack = bench.stack.clone();
    bench.world.run(async move {
        for peer in [Ipv4Addr::LOCALHOST, SERVER] {
            for _ in 0..500 {
                let refused = stack.connect((peer, 8).into()).await.err();
                assert_eq!(refused, Some(Error::ConnectionRefused));
                let socket = stack.open_udp().unwrap();
                socket.connect((peer, 8).into()).unwrap();
                socket.send_to(b"x", (peer, 8).into()).await.unwrap();
                let refused = socket.recv_from(&mut [0; 8]).await;
                assert_eq!(refused, Err(Error::ConnectionRefused));
            }
        }
    });
    assert_eq!(bench.stack.counters().tcp.retransmissions, 0);
    assert_eq!(bench.stack.counters().tcp.answers_limited, 0);
}

/// RFC 9293, section 3.10.7.3: a reset counts only if it acknowledges the SYN.
#[test]
fn a_forged_refusal_is_none() {
    let (mut hand, syn, outcome) = asked(80);
    assert_eq!(
        hand.exchange(&answer(&syn, TcpControl::Rst, syn.end() + 1)),
        []
    );
    assert!(outcome.borrow().is_none());
    assert_eq!(hand.exchange(&answer(&syn, TcpControl::Rst, syn.end())), []);
    assert_eq!(
        outcome.take().unwrap().err(),
        Some(Error::ConnectionRefused)
    );
}

/// Half a connection from before: RFC 9293, section 3.10.7.3, has it reset.
#[test]
fn an_acknowledgement_of_something_else_is_reset_and_the_attempt_goes_on() {
    let (mut hand, syn, outcome) = asked(80);
    let stale = answer(&syn, TcpControl::None, syn.sequence.wrapping_sub(500));
    assert_eq!(hand.ask(&stale).control, TcpControl::Rst);
    let accepted = hand.ask(&answer(&syn, TcpControl::Syn, syn.end()));
    assert_eq!(accepted.acknowledges, Some(7001));
    assert!(outcome.take().unwrap().is_ok());
}

#[test]
fn silence_is_given_up_after_three_minutes() {
    let (mut hand, syn, outcome) = asked(80);
    let mut again = Vec::new();
    for second in 1..=179 {
        hand.bench.world.pass(Duration::from_millis(980));
        // Else the address is forgotten after a minute.
        hand.push(&arp_frame(ArpOperation::Request, CLIENT));
        for segment in hand.segments() {
            assert_eq!(segment, syn);
            again.push(second);
        }
        assert!(
            outcome.borrow().is_none(),
            "given up after {second} seconds"
        );
    }
    assert_eq!(again, [1, 3, 7, 15, 31, 63, 123]);
    hand.bench.world.pass(Duration::from_secs(10));
    assert_eq!(outcome.take().unwrap().err(), Some(Error::TimedOut));
    hand.bench.world.pass(Duration::from_secs(61));
    assert!(hand.bench.stack.is_empty());
    assert_eq!(hand.bench.world.next_deadline(), None);
}

/// No host answers the ARP request for the peer.
#[test]
fn a_peer_that_is_not_there_is_given_up_too() {
    let (bench, _end) = Bench::without_client();
    let outcome = start(&bench.world, &bench.stack, hand_at(80));
    bench.world.pass(Duration::from_secs(179));
    assert!(outcome.borrow().is_none());
    bench.world.pass(Duration::from_secs(10));
    assert_eq!(outcome.take().unwrap().err(), Some(Error::HostUnreachable));
    bench.world.pass(Duration::from_secs(61));
    assert!(bench.stack.is_empty());
    assert_eq!(bench.world.next_deadline(), None);
}

#[test]
fn a_dropped_attempt_leaves_nothing() {
    let mut hand = ByHand::new();
    let (stack, clock) = (hand.bench.stack.clone(), hand.bench.world.clock());
    hand.bench.world.run(async move {
        let attempt = core::pin::pin!(stack.connect(hand_at(80)));
        let pause = core::pin::pin!(clock.sleep(Duration::from_millis(5)));
        embassy_futures::select::select(attempt, pause).await;
    });
    let segments = hand.segments();
    let [syn] = &segments[..] else {
        panic!("{segments:?}");
    };
    assert!(hand.bench.stack.is_empty());
    // The peer, which still has the connection, receives a reset.
    let reset = hand.ask(&answer(syn, TcpControl::Syn, syn.end()));
    assert_eq!(
        (reset.control, reset.sequence),
        (TcpControl::Rst, syn.end())
    );
}

/// It is opened when the task that asked for it is gone: then it ends in order.
#[test]
fn an_attempt_that_is_dropped_too_late_is_closed() {
    let mut hand = ByHand::new();
    let mut attempt = std::boxed::Box::pin({
        let stack = hand.bench.stack.clone();
        async move { stack.connect(hand_at(80)).await }
    });
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    assert!(attempt.as_mut().poll(&mut context).is_pending());
    let syn = hand.segments().remove(0);
    hand.ask(&answer(&syn, TcpControl::Syn, syn.end()));
    drop(attempt);
    let end = hand.segments().remove(0);
    assert_eq!(end.control, TcpControl::Fin);
    let mut close = answer(&syn, TcpControl::Fin, end.end());
    close.sequence = 7001;
    hand.ask(&close);
    hand.bench.world.pass(Duration::from_secs(61));
    assert!(hand.bench.stack.is_empty());
}

/// RFC 9293, section 3.5, figure 7.
#[test]
fn both_sides_may_open_at_once() {
    let (mut hand, syn, outcome) = asked(80);
    let theirs = Segment {
        acknowledges: None,
        ..answer(&syn, TcpControl::Syn, 0)
    };
    let both = hand.ask(&theirs);
    assert_eq!(both.acknowledges, Some(7001));
    assert!(outcome.borrow().is_none());
    let mut acknowledged = answer(&syn, TcpControl::Syn, syn.end());
    hand.exchange(&acknowledged);
    acknowledged.control = TcpControl::None;
    acknowledged.sequence = 7001;
    hand.exchange(&acknowledged);
    assert!(outcome.take().unwrap().is_ok());
}

/// ... and the other may think better of it.
#[test]
fn a_reset_of_a_connection_opened_by_both_refuses() {
    let (mut hand, syn, outcome) = asked(80);
    let theirs = Segment {
        acknowledges: None,
        ..answer(&syn, TcpControl::Syn, 0)
    };
    hand.ask(&theirs);
    let mut reset = answer(&syn, TcpControl::Rst, syn.end());
    reset.sequence = 7001;
    hand.exchange(&reset);
    assert_eq!(
        outcome.take().unwrap().err(),
        Some(Error::ConnectionRefused)
    );
    hand.bench.world.pass(Duration::from_secs(1));
    assert!(hand.bench.stack.is_empty());
}

#[test]
fn there_is_no_way_to_some_addresses() {
    let (bench, _end) = Bench::without_client();
    let stack = bench.stack.clone();
    bench.world.run(async move {
        for peer in [
            (Ipv4Addr::new(10, 0, 1, 3), 80),
            (Ipv4Addr::UNSPECIFIED, 80),
            (Ipv4Addr::BROADCAST, 80),
            (Ipv4Addr::new(10, 0, 0, 255), 80),
            (Ipv4Addr::new(224, 0, 0, 1), 80),
            (CLIENT, 0),
        ] {
            let refused = stack.connect(peer.into()).await.err();
            assert_eq!(refused, Some(Error::HostUnreachable), "{peer:?}");
        }
        let six = "[fe80::1]:80".parse().unwrap();
        assert_eq!(stack.connect(six).await.err(), Some(Error::HostUnreachable));
        assert!(stack.is_empty());
    });
}

#[test]
fn without_a_link_there_is_no_attempt() {
    let (bench, _end) = Bench::without_client();
    let before = start(&bench.world, &bench.stack, hand_at(80));
    bench.world.pass(Duration::from_millis(1));
    bench.cable.cut();
    bench.world.pass(Duration::from_millis(1));
    assert_eq!(before.take().unwrap().err(), Some(Error::NetworkDown));
    assert!(bench.stack.is_empty());
    let after = start(&bench.world, &bench.stack, hand_at(80));
    bench.world.pass(Duration::from_millis(1));
    assert_eq!(after.take().unwrap().err(), Some(Error::NetworkDown));
    assert_eq!(bench.stack.open_udp().err(), Some(Error::NetworkDown));
    assert!(bench.stack.is_empty());
}

/// As pods and clouds have it: an address without a network, and a router that is on the link.
#[test]
fn a_router_outside_the_network_is_asked_for_on_the_link() {
    let world = World::default();
    let (_, near, mut far) = Cable::new(&world.clock());
    let config = StackConfig {
        address: SERVER,
        prefix_length: 32,
        gateway: Some(Ipv4Addr::new(169, 254, 1, 1)),
    };
    let random = Random::from_seed([44; 32]);
    let stack = Stack::new(
        &near,
        Budget::new(POOL),
        Algorithm::CUBIC,
        random.clone(),
        world.clock(),
    )
    .unwrap();
    let family = stack.add_ipv4(Some(config), random).unwrap();
    world.spawn(stack.run(family, near, world.clock()));
    world.pass(Duration::from_secs(3));
    let _outcome = start(&world, &stack, ([192, 0, 2, 7], 80).into());
    world.pass(Duration::from_millis(20));
    let (receiver, _) = far.split();
    let mut last = Vec::new();
    while let Some(frame) = receiver.front() {
        last = frame.to_vec();
        receiver.pop();
    }
    // An ARP request, whose target is the router.
    assert_eq!(last[12..14], [8, 6]);
    assert_eq!(last[38..42], [169, 254, 1, 1]);
}

#[test]
fn a_connection_is_opened_from_the_port_that_is_asked_for_once() {
    let mut hand = ByHand::new();
    let stack = hand.bench.stack.clone();
    let peer = hand_at(80);
    let stream = stack.begin_connect(peer, Some(4000)).unwrap();
    assert_eq!(stream.local_addr(), (SERVER, 4000).into());
    let segments = hand.segments();
    assert_eq!(segments.len(), 1, "{segments:?}");
    assert_eq!(segments[0].port, 4000);
    let again = stack.begin_connect(peer, Some(4000)).map(drop);
    assert_eq!(again, Err(Error::AddrInUse));
    let other = stack.begin_connect(hand_at(81), Some(4000));
    assert!(other.is_ok());
}
