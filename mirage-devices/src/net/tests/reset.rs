//! A reset in every state of a connection, and the errors of readers and writers.

use super::hand::{ByHand, Segment};
use crate::net::{Error, TcpListener, TcpStream};
use embedded_io_async::{Read, Write};
use smoltcp::wire::TcpControl;
use std::vec::Vec;

/// An open connection, in the hand and accepted by the server.
struct Opened {
    hand: ByHand,
    listener: TcpListener,
    stream: TcpStream,
    next: Segment,
}

fn opened() -> Opened {
    let mut hand = ByHand::new();
    let listener = hand.bench.stack.listen(7).unwrap();
    let next = hand.open(40_000, 7);
    let (listener, stream) = hand.bench.world.run(async move {
        let stream = listener.accept().await.unwrap();
        (listener, stream)
    });
    Opened {
        hand,
        listener,
        stream,
        next,
    }
}

impl Opened {
    fn exchange(&mut self, control: TcpControl) -> Vec<Segment> {
        let segment = Segment {
            control,
            ..self.next.clone()
        };
        let answers = self.hand.exchange(&segment);
        self.next.sequence = segment.end();
        if let Some(answer) = answers.last() {
            self.next.acknowledges = Some(answer.end());
        }
        answers
    }

    /// The server ends its direction, which the hand does not acknowledge yet.
    fn server_closes(&mut self) {
        self.stream.shutdown();
        let fin = self.hand.segments();
        assert_eq!(fin.len(), 1);
        assert_eq!(fin[0].control, TcpControl::Fin);
        self.next.acknowledges = Some(fin[0].end());
    }

    /// A reset, which nothing answers, and after which reading and writing give `read`, `write`.
    fn reset(mut self, read: Result<usize, Error>, write: Error) {
        assert_eq!(self.exchange(TcpControl::Rst), []);
        let (mut hand, mut stream) = (self.hand, self.stream);
        let result = hand.bench.world.run(async move {
            let mut buffer = [0; 8];
            let read = stream.read(&mut buffer).await;
            (read, stream.write(b"x").await)
        });
        assert_eq!(result, (read, Err(write)));
        assert_eq!(hand.segments(), []);
        assert_eq!(hand.bench.stack.sockets(), 0);
        hand.open(40_000, 7);
        drop(self.listener);
    }
}

#[test]
fn of_a_port_that_only_listens() {
    let mut hand = ByHand::new();
    let _listener = hand.bench.stack.listen(7).unwrap();
    let mut reset = Segment::syn(40_000, 7);
    reset.control = TcpControl::Rst;
    assert_eq!(hand.exchange(&reset), []);
    hand.open(40_000, 7);
}

#[test]
fn of_a_half_open_connection() {
    let mut hand = ByHand::new();
    let _listener = hand.bench.stack.listen(7).unwrap();
    let syn = Segment::syn(40_000, 7);
    hand.ask(&syn);
    let reset = Segment {
        control: TcpControl::Rst,
        sequence: syn.end(),
        ..syn
    };
    assert_eq!(hand.exchange(&reset), []);
    assert_eq!(hand.bench.stack.sockets(), 0);
    hand.open(40_000, 7);
}

/// The socket of the first must not take the request of the second.
#[test]
fn of_a_half_open_connection_just_before_another_opens() {
    let mut hand = ByHand::new();
    let listener = hand.bench.stack.listen(7).unwrap();
    let first = Segment::syn(40_000, 7);
    hand.ask(&first);
    let reset = Segment {
        control: TcpControl::Rst,
        sequence: first.end(),
        ..first
    };
    hand.push(&reset.frame());
    let next = hand.open(40_001, 7);
    let stream = hand
        .bench
        .world
        .run(async move { listener.accept().await.unwrap() });
    assert_eq!(stream.peer_addr(), next.peer.into());
    assert_eq!(hand.bench.stack.sockets(), 1);
}

#[test]
fn of_an_open_connection() {
    opened().reset(Err(Error::ConnectionReset), Error::ConnectionReset);
}

#[test]
fn after_the_server_has_ended_its_direction() {
    let mut opened = opened();
    opened.server_closes();
    opened.next.acknowledges = None;
    opened.reset(Err(Error::ConnectionReset), Error::BrokenPipe);
}

#[test]
fn after_the_end_of_the_servers_direction_is_acknowledged() {
    let mut opened = opened();
    opened.server_closes();
    assert_eq!(opened.exchange(TcpControl::None), []);
    opened.reset(Err(Error::ConnectionReset), Error::BrokenPipe);
}

#[test]
fn after_the_peer_has_ended_its_direction() {
    let mut opened = opened();
    assert_eq!(opened.exchange(TcpControl::Fin).len(), 1);
    opened.reset(Ok(0), Error::ConnectionReset);
}

#[test]
fn after_both_have_ended_at_once() {
    let mut opened = opened();
    let before = opened.next.acknowledges;
    opened.server_closes();
    // The hand's FIN crosses the server's.
    opened.next.acknowledges = before;
    assert_eq!(opened.exchange(TcpControl::Fin).len(), 1);
    opened.reset(Ok(0), Error::BrokenPipe);
}

#[test]
fn after_the_server_has_ended_last() {
    let mut opened = opened();
    opened.exchange(TcpControl::Fin);
    opened.server_closes();
    opened.reset(Ok(0), Error::BrokenPipe);
}

/// RFC 1337: a reset does not end TIME-WAIT.
#[test]
fn of_a_connection_that_waits_for_its_last_segments_to_die() {
    let mut opened = opened();
    opened.server_closes();
    assert_eq!(opened.exchange(TcpControl::Fin).len(), 1);
    let fin = Segment {
        sequence: opened.next.sequence - 1,
        control: TcpControl::Fin,
        ..opened.next.clone()
    };
    assert_eq!(opened.exchange(TcpControl::Rst), []);
    let answers = opened.hand.exchange(&fin);
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].control, TcpControl::None, "an acknowledgment");
}

/// An attacker who guesses ports but not sequence numbers cannot end a connection.
#[test]
fn outside_the_window_is_no_reset() {
    let mut opened = opened();
    let sequence = opened.next.sequence;
    opened.next.sequence = sequence.wrapping_add(100_000);
    assert_eq!(opened.exchange(TcpControl::Rst), []);
    opened.next.sequence = sequence;
    opened.next.payload = b"still here".to_vec();
    opened.exchange(TcpControl::Psh);
    let mut stream = opened.stream;
    let word = opened.hand.bench.world.run(async move {
        let mut buffer = [0; 16];
        let count = stream.read(&mut buffer).await.unwrap();
        buffer[..count].to_vec()
    });
    assert_eq!(word, b"still here");
}

/// A task that still holds a dead connection does not keep its peer from opening the next.
#[test]
fn and_the_same_port_again_while_the_dead_connection_is_held() {
    let mut opened = opened();
    opened.exchange(TcpControl::Rst);
    let mut hand = opened.hand;
    let next = hand.open(40_000, 7);
    let listener = opened.listener;
    let mut stream = hand
        .bench
        .world
        .run(async move { listener.accept().await.unwrap() });
    drop(opened.stream);
    let word = Segment {
        payload: b"second".to_vec(),
        ..next
    };
    hand.exchange(&word);
    let word = hand.bench.world.run(async move {
        let mut buffer = [0; 16];
        let count = stream.read(&mut buffer).await.unwrap();
        buffer[..count].to_vec()
    });
    assert_eq!(word, b"second");
}
