//! How connections end: half by half, by being dropped, in silence, and their ports afterwards.

use super::{
    cable::Faults,
    client::{Bench, Connection},
    hand::{ByHand, Segment},
};
use crate::{
    net::{Error, TcpListener, TcpStream},
    time::{Instant, Monotonic},
};
use core::time::Duration;
use embassy_futures::join::join;
use embedded_io_async::{Read, Write};
use smoltcp::{
    socket::tcp::{RecvError, State},
    wire::TcpControl,
};
use std::{vec, vec::Vec};

/// A connection between the client and the server, seen from both.
fn opened(bench: &Bench) -> (TcpListener, TcpStream, Connection) {
    let listener = bench.stack.listen(7).unwrap();
    let client = bench.client.clone();
    bench.world.run(async move {
        let (connection, stream) = join(client.connect(7), async {
            listener.accept().await.unwrap()
        })
        .await;
        (listener, stream, connection)
    })
}

#[test]
fn the_server_goes_on_reading_after_it_has_ended_its_direction() {
    let bench = Bench::new();
    let (_listener, mut stream, connection) = opened(&bench);
    bench.world.run(async move {
        stream.write_all(b"that is all").await.unwrap();
        stream.shutdown();
        assert_eq!(stream.write(b"x").await, Err(Error::BrokenPipe));
        assert_eq!(connection.read_to_end().await.unwrap(), b"that is all");
        let long = vec![b'y'; 100_000];
        let sent = async {
            connection.write(&long).await.unwrap();
            connection.close();
        };
        let mut received = 0;
        let read = async {
            let mut buffer = [0; 999];
            while let count @ 1.. = stream.read(&mut buffer).await.unwrap() {
                received += count;
            }
        };
        join(sent, read).await;
        assert_eq!(received, 100_000);
    });
}

#[test]
fn the_server_goes_on_writing_after_the_peer_has_ended_its_direction() {
    let bench = Bench::new();
    let (_listener, mut stream, connection) = opened(&bench);
    bench.world.run(async move {
        connection.write(b"question").await.unwrap();
        connection.close();
        let mut buffer = [0; 8];
        stream.read_exact(&mut buffer).await.unwrap();
        assert_eq!(stream.read(&mut buffer).await, Ok(0));
        let long = vec![b'y'; 100_000];
        let write = async {
            stream.write_all(&long).await.unwrap();
            stream.shutdown();
        };
        let ((), received) = join(write, connection.read_to_end()).await;
        assert_eq!(received.unwrap().len(), 100_000);
        // The end is the end, however often it is asked for.
        assert_eq!(stream.read(&mut buffer).await, Ok(0));
    });
}

#[test]
fn a_dropped_stream_delivers_what_was_written_over_a_bad_cable_too() {
    let bench = Bench::new();
    let (_listener, mut stream, connection) = opened(&bench);
    bench.cable.set_faults(&Faults {
        lost: 200,
        doubled: 50,
        overtaken: 50,
    });
    let received = bench.world.run(async move {
        stream.write_all(&[b'z'; 8000]).await.unwrap();
        drop(stream);
        let received = connection.read_to_end().await;
        connection.close();
        received
    });
    assert_eq!(received.unwrap(), [b'z'; 8000]);
    bench.world.pass(Duration::from_secs(130));
    assert_eq!(bench.stack.sockets(), 0);
}

#[test]
fn a_stream_dropped_with_something_unread_is_reset() {
    let bench = Bench::new();
    let (_listener, stream, connection) = opened(&bench);
    let result = bench.world.run(async move {
        connection.write(b"you will never read this").await.unwrap();
        connection.settle().await;
        drop(stream);
        connection.read_to_end().await
    });
    assert_eq!(result, Err(RecvError::InvalidState));
    assert_eq!(bench.stack.sockets(), 0);
}

#[test]
fn what_comes_after_the_stream_was_dropped_is_answered_by_a_reset() {
    let bench = Bench::new();
    let (_listener, stream, connection) = opened(&bench);
    let result = bench.world.run(async move {
        drop(stream);
        assert_eq!(connection.read_to_end().await.unwrap(), b"");
        connection.write(b"are you there?").await.unwrap();
        connection.settle().await;
        (
            connection.write(b"hello?").await.is_err(),
            connection.state(),
        )
    });
    assert_eq!(result, (true, State::Closed));
    assert_eq!(bench.stack.sockets(), 0);
}

#[test]
fn an_aborted_stream_is_reset() {
    let bench = Bench::new();
    let (_listener, stream, connection) = opened(&bench);
    let result = bench.world.run(async move {
        stream.abort();
        assert_eq!(stream.try_read(&mut [0; 8]), Err(Error::ConnectionAborted));
        assert_eq!(stream.try_write(b"x"), Err(Error::ConnectionAborted));
        drop(stream);
        connection.read_to_end().await
    });
    assert_eq!(result, Err(RecvError::InvalidState));
    assert_eq!(bench.stack.sockets(), 0);
}

#[test]
fn a_dropped_listener_refuses_and_resets_what_was_not_accepted() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    let client = bench.client.clone();
    bench.world.run(async move {
        let waiting = client.connect(7).await;
        waiting.settle().await;
        drop(listener);
        assert_eq!(waiting.read_to_end().await, Err(RecvError::InvalidState));
        assert!(client.try_connect(7).await.is_none());
    });
    bench.world.pass(Duration::from_secs(60));
    assert_eq!(bench.stack.sockets(), 0);
    bench.stack.listen(7).unwrap();
}

/// The peer has gone, with no word: what is written is never acknowledged.
#[test]
fn a_silent_peer_is_given_up() {
    let mut hand = ByHand::new();
    let listener = hand.bench.stack.listen(7).unwrap();
    hand.open(40_000, 7);
    let (read, write, stream) = hand.bench.world.run(async move {
        let mut stream = listener.accept().await.unwrap();
        stream.write_all(b"are you there?").await.unwrap();
        let mut buffer = [0; 8];
        let read = stream.read(&mut buffer).await;
        (read, stream.write(b"x").await, stream)
    });
    // It answers no ARP request either, which may be the reason.
    let is_given_up = |error| matches!(error, Error::TimedOut | Error::HostUnreachable);
    assert!(read.is_err_and(is_given_up), "{read:?}");
    assert!(write.is_err_and(is_given_up), "{write:?}");
    let waited = hand.bench.world.clock().now() - Instant::BOOT;
    assert!(waited > Duration::from_secs(60), "after {waited:?} already");
    assert!(waited < Duration::from_secs(200), "only after {waited:?}");
    drop(stream);
    hand.bench.world.pass(Duration::from_secs(61));
    assert_eq!(hand.bench.stack.sockets(), 0);
}

/// The same without data to send: the stack probes the peer.
#[test]
fn a_silent_peer_is_given_up_without_data_to_send() {
    let mut hand = ByHand::new();
    let listener = hand.bench.stack.listen(7).unwrap();
    hand.open(40_000, 7);
    let read = hand.bench.world.run(async move {
        let mut buffer = [0; 8];
        listener.accept().await.unwrap().read(&mut buffer).await
    });
    assert_eq!(read, Err(Error::TimedOut));
}

/// A connection that the server ends first, up to the beginning of its TIME-WAIT; the last segment
/// of the peer's.
fn until_time_wait(hand: &mut ByHand, from: u16) -> Segment {
    let next = hand.open(from, 7);
    let fin = hand.segments();
    let fin = fin.last().expect("the server did not end the connection");
    assert_eq!(fin.control, TcpControl::Fin);
    let last = Segment {
        control: TcpControl::Fin,
        acknowledges: Some(fin.end()),
        ..next
    };
    assert_eq!(hand.ask(&last).acknowledges, Some(last.end()));
    last
}

fn that_drops_every_connection() -> ByHand {
    let hand = ByHand::new();
    let listener = hand.bench.stack.listen(7).unwrap();
    let clock = hand.bench.world.clock();
    hand.bench.world.spawn(async move {
        loop {
            let stream = listener.accept().await.unwrap();
            clock.sleep(Duration::from_millis(30)).await;
            drop(stream);
        }
    });
    hand
}

#[test]
fn a_port_in_time_wait_is_open_for_a_new_connection() {
    let mut hand = that_drops_every_connection();
    let last = until_time_wait(&mut hand, 40_000);
    assert_eq!(hand.bench.stack.sockets(), 1);
    // A late repetition is still acknowledged: that is what the wait is for.
    assert_eq!(hand.ask(&last).control, TcpControl::None);
    let again = Segment {
        sequence: last.end() + 1000,
        ..Segment::syn(40_000, 7)
    };
    let answer = hand.ask(&again);
    assert_eq!(answer.control, TcpControl::Syn);
    assert_eq!(answer.acknowledges, Some(again.end()));
    assert_eq!(hand.bench.stack.sockets(), 1);
}

#[test]
fn time_waits_end() {
    let mut hand = that_drops_every_connection();
    let mut most = 0;
    for number in 0..100 {
        until_time_wait(&mut hand, 40_000 + number);
        most = most.max(hand.bench.stack.sockets());
    }
    assert_eq!(most, 100);
    hand.bench.world.pass(Duration::from_secs(61));
    assert_eq!(hand.bench.stack.sockets(), 0);
}

/// Peers that stop answering while a connection closes do not hold memory for ever.
#[test]
fn a_peer_that_does_not_end_its_direction_is_forgotten() {
    let mut hand = that_drops_every_connection();
    hand.open(40_000, 7);
    let fin: Vec<_> = hand.segments();
    assert_eq!(fin.last().map(|fin| fin.control), Some(TcpControl::Fin));
    hand.bench.world.pass(Duration::from_secs(160));
    assert_eq!(hand.bench.stack.sockets(), 0);
}
