//! A device that fails: the cable is cut, or the transmit ring is full and stays so.

use super::{
    client::{Bench, CLIENT},
    echo::echo,
    hand::{ByHand, Segment},
};
use crate::{net::Error, time::Monotonic};
use core::{cell::Cell, future::poll_fn, net::SocketAddr, pin::pin, task::Poll, time::Duration};
use embassy_futures::join::join;
use embedded_io_async::{Read, Write};
use smoltcp::socket::tcp::State;
use std::{rc::Rc, vec, vec::Vec};

/// Where a task has got to.
#[derive(Clone)]
struct Outcome<T>(Rc<Cell<Option<T>>>);

impl<T> Outcome<T> {
    fn spawn(bench: &Bench, task: impl Future<Output = T> + 'static) -> Self
    where
        T: 'static,
    {
        let place = Rc::new(Cell::new(None));
        let outcome = Self(place.clone());
        bench
            .world
            .spawn(async move { place.set(Some(task.await)) });
        outcome
    }

    fn take(&self) -> Option<T> {
        self.0.take()
    }
}

#[test]
fn a_cut_cable_ends_what_reads_and_writes_and_nothing_panics() {
    let bench = Bench::new();
    let listener = Rc::new(bench.stack.listen(7).unwrap());
    let udp = Rc::new(bench.stack.bind_udp(7).unwrap());
    let (client, accepting) = (bench.client.clone(), listener.clone());
    let (reader, writer) = bench.world.run(async move {
        let one = join(client.connect(7), async {
            accepting.accept().await.unwrap()
        })
        .await
        .1;
        let other = join(client.connect(7), async {
            accepting.accept().await.unwrap()
        })
        .await
        .1;
        (one, other)
    });
    let reads = Outcome::spawn(&bench, async move {
        let mut reader = reader;
        let result = reader.read(&mut [0; 8]).await;
        (result, reader.write(b"x").await, reader)
    });
    let writes = Outcome::spawn(&bench, async move {
        let mut writer = writer;
        // More than the windows take: the client does not read.
        (writer.write_all(&[0; 100_000]).await, writer)
    });
    let accepting = listener.clone();
    let accepts = Outcome::spawn(&bench, async move { accepting.accept().await.err() });
    let receiving = udp.clone();
    let receives = Outcome::spawn(&bench, async move {
        let first = receiving.recv_from(&mut [0; 8]).await;
        (first, receiving.recv_from(&mut [0; 8]).await)
    });
    bench.world.pass(Duration::from_secs(1));
    assert!(reads.take().is_none() && writes.take().is_none());

    bench.cable.cut();
    bench.world.pass(Duration::from_secs(1));
    let lost = Error::NetworkDown;
    let (read, write, reader) = reads.take().expect("the reader waits on");
    assert_eq!((read, write), (Err(lost), Err(lost)));
    let (write, writer) = writes.take().expect("the writer waits on");
    assert_eq!(write, Err(lost));
    assert_eq!(accepts.take().expect("the listener waits on"), Some(lost));
    let received = receives.take().expect("the receiver waits on");
    assert_eq!(received, (Err(lost), Err(lost)));
    let peer = SocketAddr::from((CLIENT, 7));
    let sent = bench
        .world
        .run(async move { udp.send_to(b"x", peer).await });
    assert_eq!(sent, Err(Error::NetworkDown));
    drop((reader, writer, listener));
    bench.world.pass(Duration::from_secs(100));
    assert_eq!(bench.world.next_deadline(), None);
}

#[test]
fn a_cut_cable_ends_those_who_wait_to_send_datagrams() {
    let bench = Bench::new();
    let udp = bench.stack.bind_udp(7).unwrap();
    bench.cable.set_ring(0);
    let sends = Outcome::spawn(&bench, async move {
        loop {
            if let Err(error) = udp.send_to(b"x", SocketAddr::from((CLIENT, 7))).await {
                return error;
            }
        }
    });
    bench.world.pass(Duration::from_secs(1));
    bench.cable.cut();
    bench.world.pass(Duration::from_secs(1));
    assert_eq!(sends.take(), Some(Error::NetworkDown));
}

#[test]
fn a_stream_that_is_dropped_after_the_cable_was_cut_is_freed() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    let client = bench.client.clone();
    let (_connection, stream) = bench.world.run(async move {
        join(client.connect(7), async {
            listener.accept().await.unwrap()
        })
        .await
    });
    bench.cable.cut();
    bench.world.pass(Duration::from_secs(1));
    drop(stream);
    bench.world.pass(Duration::from_secs(1));
    assert_eq!(bench.stack.sockets(), 0);
}

#[test]
fn a_full_ring_loses_nothing_and_goes_on_when_there_is_room() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    let client = bench.client.clone();
    let (connection, mut stream) = bench.world.run(async move {
        join(client.connect(7), async {
            listener.accept().await.unwrap()
        })
        .await
    });
    bench.cable.set_ring(2);
    bench.cable.hold();
    let before = bench.cable.sent();
    let writes = Outcome::spawn(&bench, async move {
        stream.write_all(&vec![b'r'; 50_000]).await.unwrap();
        drop(stream);
    });
    bench.world.pass(Duration::from_millis(100));
    let sent = bench.cable.sent() - before;
    assert!(0 < sent && sent <= 2 * 1514, "{sent} bytes in two places");
    bench.cable.release();
    let received = bench.world.run(async move {
        let received = connection.read_to_end().await;
        connection.close();
        received
    });
    assert_eq!(received.unwrap(), vec![b'r'; 50_000]);
    assert!(writes.take().is_some());
    // None of it had to be sent again.
    let sent = bench.cable.sent() - before;
    assert!(sent <= 50_000 + 60 * 54, "{sent} bytes");
}

#[test]
fn frames_wait_while_their_answers_have_no_room() {
    let mut hand = ByHand::new();
    let _listener = hand.bench.stack.listen(7).unwrap();
    hand.bench.cable.set_ring(1);
    hand.bench.cable.hold();
    for number in 0..10 {
        hand.push(&Segment::syn(40_000 + number, 80).frame());
    }
    // One refusal is in the ring; the other frames are not looked at, and nothing spins.
    assert_eq!(hand.segments().len(), 0);
    let received = hand.bench.stack.counters().received;
    assert_eq!(received, 2, "the ARP request and one SYN");
    let now = hand.bench.world.clock().now();
    let deadline = hand.bench.world.next_deadline();
    assert!(deadline.is_none_or(|deadline| deadline - now > Duration::from_secs(1)));
    hand.bench.cable.release();
    assert_eq!(hand.segments().len(), 10);
    assert_eq!(hand.bench.stack.counters().received, 11);
}

/// A ring of a single place is enough.
#[test]
fn a_crowd_over_the_smallest_ring() {
    let bench = Bench::new();
    bench.cable.set_ring(1);
    let listener = Rc::new(bench.stack.listen(7).unwrap());
    for _ in 0..50 {
        let listener = listener.clone();
        bench.world.spawn(async move { echo(&listener).await });
    }
    let client = bench.client.clone();
    bench.world.run(async move {
        let connections: Vec<_> = (0..50)
            .map(|number| client.start_connecting(20_000 + number, 7))
            .collect();
        for connection in &connections {
            connection.established().await;
            connection.write(b"hello").await.unwrap();
        }
        for connection in &connections {
            assert_eq!(connection.read_exactly(5).await.unwrap(), b"hello");
            assert_eq!(connection.state(), State::Established);
        }
    });
}

/// A future that is dropped while it waits leaves the connection as it was.
#[test]
fn a_read_given_up_half_way_loses_nothing() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    let client = bench.client.clone();
    let word = bench.world.run(async move {
        let (connection, mut stream) = join(client.connect(7), async {
            listener.accept().await.unwrap()
        })
        .await;
        let mut buffer = [0; 8];
        {
            let mut read = pin!(stream.read(&mut buffer));
            poll_fn(|context| {
                assert!(read.as_mut().poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
        }
        connection.write(b"word").await.unwrap();
        let count = stream.read(&mut buffer).await.unwrap();
        buffer[..count].to_vec()
    });
    assert_eq!(word, b"word");
}
