//! Binding, receiving, sending and waking.

use super::*;
use core::task::{Context, Poll, Waker};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Wake,
};

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_datagram_arrives_with_its_addresses() {
    let mut datagrams = datagrams();
    let id = datagrams.bind(7, LIMITS).unwrap();
    input(&mut datagrams, 7, b"hello").unwrap();
    let received = datagrams.receive(id, |info, data| (*info, data.to_vec()));
    assert_eq!(received, Ok((info(), b"hello".to_vec())));
    let empty = Err(ReceiveError::WouldBlock);
    assert_eq!(datagrams.receive(id, |_, _| ()), empty);
}

#[test]
fn ports_are_bound_once_and_free_again_when_closed() {
    let mut datagrams = datagrams();
    assert_eq!(datagrams.bind(0, LIMITS), Err(BindError::InvalidPort));
    let ids = [9, 7, 8].map(|number| datagrams.bind(number, LIMITS).unwrap());
    assert_eq!(datagrams.bind(7, LIMITS), Err(BindError::AddrInUse));
    assert_eq!(ids.map(|id| datagrams.number(id)), [9, 7, 8]);
    datagrams.close(ids[1]);
    assert_eq!(input(&mut datagrams, 7, b"x"), Err(DropReason::PortClosed));
    for number in [8, 9] {
        assert_eq!(input(&mut datagrams, number, b"x"), Ok(()));
    }
    let again = datagrams.bind(7, LIMITS).unwrap();
    assert_eq!(
        datagrams.receive(again, |_, _| ()),
        Err(ReceiveError::WouldBlock),
        "nothing of the last one"
    );
    assert_eq!(input(&mut datagrams, 7, b"x"), Ok(()));
}

#[test]
fn ephemeral_ports_are_random_and_distinct() {
    let mut datagrams = datagrams();
    let mut numbers: Vec<u16> = (0..200)
        .map(|_| datagrams.bind_ephemeral(LIMITS).unwrap())
        .collect::<Vec<_>>()
        .into_iter()
        .map(|id| datagrams.number(id))
        .collect();
    assert!(
        numbers
            .windows(2)
            .filter(|pair| pair[0].abs_diff(pair[1]) > 100)
            .count()
            > 190
    );
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 200);
    assert!(numbers[0] >= 1024);
}

#[test]
fn a_connected_port_refuses_all_but_its_peer() {
    let mut datagrams = datagrams();
    let id = datagrams.bind(7, LIMITS).unwrap();
    assert_eq!(input(&mut datagrams, 7, b"before"), Ok(()));
    for (remote, remote_port) in [(local(), 1000), (peer(), 1001)] {
        datagrams.connect(id, remote, remote_port);
        assert_eq!(input(&mut datagrams, 7, b"x"), Err(DropReason::PortClosed));
    }
    datagrams.connect(id, peer(), 1000);
    assert_eq!(input(&mut datagrams, 7, b"x"), Ok(()));
    assert_eq!(datagrams.receive_many(id, 9, |_, _| ()), Ok(2));
}

#[test]
fn an_error_fails_the_next_operation_of_a_connected_port() {
    let mut datagrams = datagrams();
    let id = datagrams.bind(7, LIMITS).unwrap();
    let error = PortError {
        kind: IcmpErrorKind::PortUnreachable,
        remote: peer(),
        remote_port: 1000,
    };
    let refused = [0, 7, 3, 232, 0, 9, 0, 0];
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(wakes.clone());
    let mut context = Context::from_waker(&waker);

    let empty = Err(ReceiveError::WouldBlock);
    datagrams.error(&about(&refused));
    assert_eq!(datagrams.receive(id, |_, _| ()), empty);
    assert_eq!(datagrams.send(id, &info(), b"x"), Ok(()));
    assert!(datagrams.poll_receive_ready(id, &mut context).is_pending());
    datagrams.connect(id, peer(), 1000);
    assert_eq!(datagrams.take_error(id), None, "of the time before");

    datagrams.error(&about(&[0, 7, 3, 233, 0, 9, 0, 0]));
    assert_eq!(wakes.0.load(Ordering::Relaxed), 0, "of another peer");
    datagrams.error(&about(&refused));
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
    assert!(datagrams.poll_receive_ready(id, &mut context).is_ready());
    let failed = Err(ReceiveError::Port(error));
    assert_eq!(datagrams.receive(id, |_, _| ()), failed);
    assert_eq!(datagrams.receive(id, |_, _| ()), empty);
    datagrams.error(&about(&refused));
    assert_eq!(
        datagrams.receive_many(id, 1, |_, _| ()),
        Err(ReceiveError::Port(error))
    );
    datagrams.error(&about(&refused));
    let sent = datagrams.send(id, &info(), b"x");
    assert_eq!(sent, Err(SendError::Port(error)));
    assert_eq!(datagrams.send(id, &info(), b"x"), Ok(()));
}

#[test]
fn a_closed_port_sends_what_is_left() {
    let mut datagrams = datagrams();
    let id = datagrams.bind(7, LIMITS).unwrap();
    for data in [b"a", b"b"] {
        datagrams.send(id, &info(), data).unwrap();
    }
    datagrams.close(id);
    let again = datagrams.bind(7, LIMITS).unwrap();
    let mut egress = Recorder::with_room(1);
    datagrams.flush(&mut egress);
    assert_eq!(egress.sent.len(), 1);
    assert!(datagrams.has_outgoing());
    input(&mut datagrams, 7, b"x").unwrap();
    egress = Recorder::with_room(9);
    datagrams.flush(&mut egress);
    assert_eq!(egress.sent.len(), 1);
    assert!(!datagrams.has_outgoing());
    assert_eq!(datagrams.receive(again, |_, data| data.len()), Ok(1));
    // Its slot is free again.
    assert_eq!(datagrams.bind(8, LIMITS), Ok(id));
}

#[test]
fn not_all_of_many_closed_ports_send_what_is_left() {
    let mut datagrams = datagrams();
    for number in 1..=100 {
        let id = datagrams.bind(number, LIMITS).unwrap();
        datagrams.send(id, &info(), b"x").unwrap();
        datagrams.close(id);
    }
    let mut egress = Recorder::with_room(200);
    datagrams.flush(&mut egress);
    assert_eq!(egress.sent.len(), 64);
    let id = datagrams.bind(7, LIMITS).unwrap();
    datagrams.send(id, &info(), b"x").unwrap();
    datagrams.close(id);
    datagrams.flush(&mut egress);
    assert_eq!(egress.sent.len(), 65);
}

#[test]
fn a_lost_link_frees_ports_that_were_closed() {
    let mut datagrams = datagrams();
    let ids = [7, 8].map(|number| datagrams.bind(number, LIMITS).unwrap());
    for id in ids {
        datagrams.send(id, &info(), b"x").unwrap();
    }
    datagrams.close(ids[0]);
    datagrams.on_link_lost();
    assert!(!datagrams.has_outgoing());
    datagrams.close(ids[1]);
    let again = [9, 10].map(|number| datagrams.bind(number, LIMITS).unwrap());
    assert_eq!(again, ids);
}

#[test]
fn a_queue_has_a_limit_of_datagrams_and_one_of_bytes() {
    let mut datagrams = datagrams();
    let id = datagrams.bind(7, LIMITS).unwrap();
    for _ in 0..4 {
        input(&mut datagrams, 7, b"").unwrap();
    }
    assert_eq!(input(&mut datagrams, 7, b""), Err(DropReason::PortFull));
    assert_eq!(datagrams.receive_many(id, 9, |_, _| ()), Ok(4));
    input(&mut datagrams, 7, &[0; 600]).unwrap();
    assert_eq!(
        input(&mut datagrams, 7, &[0; 401]),
        Err(DropReason::PortFull)
    );
    assert_eq!(input(&mut datagrams, 7, &[0; 400]), Ok(()));
}

#[test]
fn the_policy_is_asked_about_each_datagram() {
    let mut datagrams = datagrams();
    datagrams.bind(7, LIMITS).unwrap();
    let expected = Request {
        direction: Direction::In,
        protocol: Protocol::Udp,
        local: local(),
        local_port: 7,
        remote: peer(),
        remote_port: 1000,
    };
    let bytes = datagram(7, b"x");
    for admitted in [true, false] {
        let mut policy = |request: &Request| {
            assert_eq!(*request, expected);
            admitted
        };
        let result = datagrams.input(&packet(&bytes), &mut policy);
        assert_eq!(
            result,
            if admitted {
                Ok(())
            } else {
                Err(DropReason::Policy)
            }
        );
    }
}

/// So that a peer that is not admitted is not told which ports are bound.
#[test]
fn the_policy_is_asked_before_a_closed_port_is_refused() {
    let mut datagrams = datagrams();
    let bytes = datagram(7, b"x");
    let result = datagrams.input(&packet(&bytes), &mut |_: &Request| false);
    assert_eq!(result, Err(DropReason::Policy));
    let result = datagrams.input(&packet(&bytes), &mut |_: &Request| true);
    assert_eq!(result, Err(DropReason::PortClosed));
}

#[test]
fn batches_are_received_and_sent_in_order() {
    let mut datagrams = datagrams();
    let id = datagrams.bind(7, LIMITS).unwrap();
    for data in [b"a", b"b", b"c"] {
        input(&mut datagrams, 7, data).unwrap();
    }
    let mut received = Vec::new();
    let mut read = |info: &DatagramInfo, data: &[u8]| received.push((*info, data.to_vec()));
    assert_eq!(datagrams.receive_many(id, 2, &mut read), Ok(2));
    assert_eq!(datagrams.receive_many(id, 2, &mut read), Ok(1));
    for (info, data) in received.iter().chain(&received[..1]) {
        assert_eq!(datagrams.send(id, info, data), Ok(()));
    }
    let fifth = datagrams.send(id, &info(), b"d");
    assert_eq!(fifth, Err(SendError::WouldBlock), "the queue is full");
    let mut egress = Recorder::with_room(9);
    datagrams.flush(&mut egress);
    let sent = ["a", "b", "c", "a"].map(|data| (7, data.into()));
    assert_eq!(egress.payloads(), sent);
    let (header, bytes) = &egress.sent[0];
    assert_eq!((header.local, header.remote), (local(), peer()));
    assert_eq!(
        (header.protocol, header.ecn),
        (Protocol::Udp, Ecn::Capable0)
    );
    assert_eq!(bytes[..8], [0, 7, 3, 232, 0, 9, 0, 0]);
    assert!(!datagrams.has_outgoing());
}

#[test]
fn a_link_without_room_loses_nothing_and_ports_take_turns() {
    let mut datagrams = datagrams();
    let limits = UdpLimits {
        datagrams: 40,
        ..LIMITS
    };
    let ids = [7, 8].map(|number| datagrams.bind(number, limits).unwrap());
    for id in ids {
        for _ in 0..20 {
            datagrams.send(id, &info(), b"x").unwrap();
        }
    }
    let mut turns = |room: usize| {
        let mut egress = Recorder::with_room(room);
        datagrams.flush(&mut egress);
        let ports: Vec<u16> = egress
            .payloads()
            .into_iter()
            .map(|(port, _)| port)
            .collect();
        let turns = ports.chunk_by(|a, b| a == b);
        turns.map(|turn| (turn[0], turn.len())).collect::<Vec<_>>()
    };
    assert_eq!(turns(2), [(7, 2)]);
    assert_eq!(turns(0), []);
    assert_eq!(turns(3), [(8, 3)], "a small ring is no port's alone");
    assert_eq!(turns(100), [(7, 16), (8, 16), (7, 2), (8, 1)]);
    assert_eq!(turns(100), []);
}

#[test]
fn a_datagram_that_is_too_long_is_refused() {
    let mut datagrams = datagrams();
    let id = datagrams.bind(7, LIMITS).unwrap();
    assert_eq!(
        datagrams.send(id, &info(), &[0; 1001]),
        Err(SendError::TooLong)
    );
    assert_eq!(datagrams.send(id, &info(), &[0; 1000]), Ok(()));
    let limits = UdpLimits {
        transmit: 1 << 20,
        ..LIMITS
    };
    let id = datagrams.bind(8, limits).unwrap();
    let longest = std::vec![0; 65_528];
    assert_eq!(
        datagrams.send(id, &info(), &longest),
        Err(SendError::TooLong)
    );
}

#[test]
fn errors_reach_the_port_that_sent_the_datagram() {
    let mut datagrams = datagrams();
    let id = datagrams.bind(7, LIMITS).unwrap();
    let other = datagrams.bind(8, LIMITS).unwrap();
    datagrams.connect(other, peer(), 54);
    let mut expected = PortError {
        kind: IcmpErrorKind::PortUnreachable,
        remote: peer(),
        remote_port: 53,
    };
    datagrams.error(&about(&[0, 7, 0, 53, 0, 9, 0, 0]));
    for port in [8, 9] {
        datagrams.error(&about(&[0, port, 0, 53, 0, 9, 0, 0]));
    }
    assert_eq!(datagrams.take_error(id), Some(expected));
    assert_eq!(datagrams.take_error(id), None);
    assert_eq!(datagrams.take_error(other), None);
    for port in 1..=9 {
        datagrams.error(&about(&[0, 7, 0, port, 0, 9, 0, 0]));
    }
    expected.remote_port = 9;
    assert_eq!(datagrams.take_error(id), Some(expected), "the last one");
    assert_eq!(datagrams.take_error(id), None);
    let mut egress = Recorder::with_room(1);
    egress.error = Some(TransmitError::Unreachable);
    datagrams.send(id, &info(), b"x").unwrap();
    datagrams.flush(&mut egress);
    expected.kind = IcmpErrorKind::NetworkUnreachable;
    expected.remote_port = 1000;
    assert_eq!(datagrams.take_error(id), Some(expected));
    assert!(!datagrams.has_outgoing());
}

#[test]
fn tasks_are_woken_once_there_is_something() {
    let mut datagrams = datagrams();
    let id = datagrams.bind(7, LIMITS).unwrap();
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(wakes.clone());
    let mut context = Context::from_waker(&waker);
    let count = || wakes.0.load(Ordering::Relaxed);
    assert_eq!(
        datagrams.poll_receive_ready(id, &mut context),
        Poll::Pending
    );
    input(&mut datagrams, 7, b"x").unwrap();
    input(&mut datagrams, 7, b"y").unwrap();
    assert_eq!(count(), 1);
    assert_eq!(
        datagrams.poll_receive_ready(id, &mut context),
        Poll::Ready(())
    );
    assert_eq!(datagrams.receive_many(id, 2, |_, _| ()), Ok(2));
    assert_eq!(
        datagrams.poll_receive_ready(id, &mut context),
        Poll::Pending
    );
    assert_eq!(
        datagrams.poll_send_ready(id, 600, &mut context),
        Poll::Ready(())
    );
    datagrams.send(id, &info(), &[0; 600]).unwrap();
    assert_eq!(
        datagrams.poll_send_ready(id, 600, &mut context),
        Poll::Pending
    );
    datagrams.flush(&mut Recorder::with_room(1));
    assert_eq!(count(), 2);
    assert_eq!(
        datagrams.poll_send_ready(id, 5000, &mut context),
        Poll::Ready(())
    );
}
