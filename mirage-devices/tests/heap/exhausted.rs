//! The stack when there is no memory left: it drops requests for connections, counts them, and
//! goes on; what it has admitted it serves to the end.

use super::{
    allocator::{self, with_heap},
    bench::{Bench, poll},
    segments::{CLIENT, ack, segment, syn},
};
use core::{
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};
use embedded_io_async::{Read, Write};
use mirage_devices::net::Error;
use smoltcp::wire::TcpControl;
use std::task::Poll;

/// However little is left, an allocation that fails ends nothing. (One that may not fail would end
/// this process.)
#[test]
fn a_request_is_answered_and_its_connection_counted_wherever_memory_ends() {
    let (mut opened, mut dropped) = (0, 0);
    for heap in (0..80 * 1024).step_by(61) {
        let mut bench = Bench::new();
        let left = bench.input(heap, syn(40_000));
        let answer = bench.answer();
        if let Some((control, sequence, _)) = answer {
            assert_eq!(control, TcpControl::Syn);
            bench.input(left, ack(40_000, sequence));
        } else {
            dropped += 1;
        }
        let full = bench.stack.counters().tcp.out_of_memory;
        match bench.accept() {
            None => assert_eq!(full, 1, "{heap} bytes: neither opened nor counted"),
            Some(_) => {
                assert_eq!(full, 0);
                opened += 1;
            }
        }
        assert_eq!(bench.stack.counters().tcp.cookies_sent, 0);
        bench.input(usize::MAX, syn(40_001));
        assert_eq!(bench.answer().map(|answer| answer.0), Some(TcpControl::Syn));
    }
    assert!(opened > 100 && dropped > 100, "{opened}, {dropped}");
}

/// A client that was answered may send data before there is memory for its connection. It is not reset, and
/// what it sends again is received.
#[test]
fn a_client_that_was_answered_is_served_once_there_is_memory() {
    let (mut answered, mut postponed) = (0, 0);
    for heap in (0..80 * 1024).step_by(61) {
        let mut bench = Bench::new();
        let left = bench.input(heap, syn(40_000));
        let Some((_, sequence, _)) = bench.answer() else {
            continue;
        };
        answered += 1;
        let acked = Some(sequence + 1);
        let first = segment(40_000, TcpControl::None, 1001, acked, b"question");
        let second = segment(40_000, TcpControl::None, 1009, acked, b"another");
        for frame in [ack(40_000, sequence), first.clone(), second.clone()] {
            bench.input(left.min(1000), frame);
            let control = bench.answer().map(|answer| answer.0);
            assert_ne!(control, Some(TcpControl::Rst), "{heap} bytes");
        }
        postponed += bench.stack.counters().tcp.out_of_memory;
        bench.input(usize::MAX, first);
        bench.input(usize::MAX, second);
        let mut stream = bench.accept().expect("a connection");
        let mut buffer = [0; 32];
        let read = poll(pin!(stream.read(&mut buffer)));
        assert_eq!(read, Poll::Ready(Ok(15)));
        assert_eq!(&buffer[..15], b"questionanother");
    }
    assert!(answered > 100 && postponed > 300, "{answered}, {postponed}");
}

/// The same with many connections, where the tables themselves have to grow.
#[test]
fn a_crowd_is_admitted_as_far_as_memory_goes() {
    for heap in (0..4 * 1024 * 1024).step_by(200_003) {
        let mut bench = Bench::new();
        let mut left = heap;
        let mut open = Vec::new();
        for number in 0..200 {
            let from = 30_000 + number;
            left = bench.input(left, syn(from));
            let Some((_, sequence, _)) = bench.answer() else {
                continue;
            };
            left = bench.input(left, ack(from, sequence));
            assert_eq!(bench.answer(), None, "reset");
            with_heap(left, || {
                open.extend(bench.accept());
                left = allocator::left();
            });
        }
        let refused = bench.stack.counters().tcp.out_of_memory;
        assert_eq!(refused + open.len() as u64, 200);
        // What is kept back, and the tables, take 100 kB at most.
        let least = heap.saturating_sub(100_000) / 2000;
        assert!(
            open.len() >= least.min(200),
            "{} in {heap} bytes",
            open.len()
        );
    }
}

/// A crowd that comes before `main` gets a turn leaves it memory to serve each that was admitted:
/// a task for it is an allocation that may not fail.
#[test]
fn a_crowd_leaves_memory_to_serve_it() {
    for heap in (0..4 * 1024 * 1024).step_by(200_003) {
        let mut bench = Bench::new();
        let mut left = heap;
        for number in 0..200 {
            let from = 30_000 + number;
            left = bench.input(left, syn(from));
            let Some((_, sequence, _)) = bench.answer() else {
                continue;
            };
            left = bench.input(left, ack(from, sequence));
        }
        let mut tasks = Vec::with_capacity(200);
        with_heap(left, || {
            while let Some(stream) = bench.accept() {
                tasks.push((stream, Box::new([0_u8; 8 * 1024])));
            }
        });
        let refused = bench.stack.counters().tcp.out_of_memory;
        assert_eq!(tasks.len() as u64 + refused, 200, "of {heap} bytes");
    }
}

/// A peer that is gone lets the timers of all its connections expire at once. Congestion control and recovery have
/// state then, as far as there is memory for it.
#[test]
fn a_peer_that_is_gone_takes_no_memory_that_is_not_there() {
    for heap in (0..40_000).step_by(997) {
        let mut bench = Bench::new();
        let mut open: Vec<_> = (40_000..40_100)
            .map(|from| (from, bench.open(from)))
            .collect();
        for (_, (stream, _)) in &mut open {
            assert_eq!(stream.try_write(b"answer"), Ok(6));
        }
        bench.run(usize::MAX);
        for _ in 0..4 {
            bench.advance(Duration::from_secs(3));
            bench.run(heap);
        }
        let counters = bench.stack.counters().tcp;
        assert!(counters.timeouts >= 200, "{heap} {counters:?}");
        // Who comes back is served.
        for (from, (stream, sequence)) in &mut open {
            let acked = Some(*sequence + 1 + 6);
            bench.input(heap, segment(*from, TcpControl::None, 1001, acked, b"more"));
            assert_eq!(stream.try_write(b"again"), Ok(5));
            bench.run(heap);
            let answer = bench.answer().map(|answer| answer.2);
            assert_eq!(answer.as_deref(), Some(&b"again"[..]));
        }
    }
}

/// Each connection has a page of its own in each direction: a short request is read and answered whoever
/// has taken all memory.
#[test]
fn connections_go_on_without_memory() {
    let mut bench = Bench::new();
    let mut open: Vec<_> = (40_000..40_100)
        .map(|from| (from, bench.open(from)))
        .collect();
    for round in 0..3 {
        for (from, (_, sequence)) in &open {
            let (seq, acked) = (1001 + round * 8, Some(*sequence + 1 + round as usize * 6));
            bench.input(0, segment(*from, TcpControl::None, seq, acked, b"question"));
        }
        for (_, (stream, _)) in &mut open {
            let mut buffer = [0; 16];
            let read = with_heap(0, || poll(pin!(stream.read(&mut buffer))));
            assert_eq!(read, Poll::Ready(Ok(8)));
            let written = with_heap(0, || poll(pin!(stream.write(b"answer"))));
            assert_eq!(written, Poll::Ready(Ok(6)));
            bench.run(0);
            let (_, _, payload) = bench.answer().expect("an answer");
            assert_eq!(payload, b"answer");
        }
    }
}

/// What there is no memory for is not acknowledged, and is not lost: the peer sends it again. What cannot be
/// written waits for an acknowledgment.
#[test]
fn data_without_memory_is_sent_again() {
    let mut bench = Bench::new();
    let (mut stream, sequence) = bench.open(40_000);
    let acked = Some(sequence + 1);
    let data = [7; 1000];
    let sent = |at: usize| {
        let seq = 1001 + at as i32;
        segment(40_000, TcpControl::None, seq, acked, &data[at..])
    };
    let mut buffer = [0; 2000];
    // What is dropped is answered at once, so that the peer need not wait for its timeout.
    bench.input(0, sent(0));
    assert!(bench.answer().is_some());
    bench.input(0, sent(536));
    assert!(bench.answer().is_some());
    let read = with_heap(0, || poll(pin!(stream.read(&mut buffer))));
    let Poll::Ready(Ok(first)) = read else {
        panic!("{read:?}");
    };
    assert!((500..1000).contains(&first), "{first}");
    assert_eq!(bench.stack.counters().tcp.out_of_memory, 2);
    bench.input(0, sent(first));
    let read = with_heap(0, || poll(pin!(stream.read(&mut buffer))));
    assert_eq!(read, Poll::Ready(Ok(1000 - first)));

    let written = with_heap(0, || poll(pin!(stream.write(&data))));
    let Poll::Ready(Ok(first)) = written else {
        panic!("{written:?}");
    };
    assert!((500..1000).contains(&first), "{first}");
    bench.run(0);
    let written = with_heap(0, || poll(pin!(stream.write(&data[first..]))));
    assert!(written.is_pending());
    let acked = Some(sequence + 1 + first);
    bench.input(0, segment(40_000, TcpControl::None, 2001, acked, &[]));
    let written = with_heap(0, || poll(pin!(stream.write(&data[first..]))));
    assert_eq!(written, Poll::Ready(Ok(1000 - first)));
}

/// A reader of whole pages gets a copy of the connection's own.
#[test]
fn the_own_page_is_not_given_away() {
    // Enough for a copy, but not for a page in addition to what is left to tasks.
    const LITTLE: usize = 20_000;
    let mut bench = Bench::new();
    let (stream, sequence) = bench.open(40_000);
    let acked = Some(sequence + 1);
    for round in 0..3 {
        let seq = 1001 + round * 536;
        bench.input(
            LITTLE,
            segment(40_000, TcpControl::None, seq, acked, &[7; 600]),
        );
        let mut bytes = Vec::new();
        let filled = with_heap(LITTLE, || {
            stream.poll_fill(&mut Context::from_waker(Waker::noop()), &mut bytes)
        });
        assert_eq!(filled, Poll::Ready(Ok(0)));
        assert_eq!(bytes, [7; 536]);
    }
}

/// Data out of order for which there was no memory does not stand in the way of what is read first.
#[test]
fn a_gap_without_data_behind_it_is_filled_without_memory() {
    for left in (32_000..38_000).step_by(100) {
        let mut bench = Bench::new();
        let (mut stream, sequence) = bench.open(40_000);
        let acked = Some(sequence + 1);
        let sent = |seq, data: &[u8]| segment(40_000, TcpControl::None, seq, acked, data);
        bench.input(left, sent(1001 + 4096, b"later"));
        bench.input(0, sent(1001, b"first"));
        let mut buffer = [0; 16];
        let read = with_heap(0, || poll(pin!(stream.read(&mut buffer))));
        assert_eq!(read, Poll::Ready(Ok(5)), "{left} bytes");
    }
}

/// A page for which the list of free ones has no room is freed.
#[test]
fn a_page_is_given_back_without_memory() {
    let mut bench = Bench::new();
    let (mut stream, sequence) = bench.open(40_000);
    let question = segment(
        40_000,
        TcpControl::None,
        1001,
        Some(sequence + 1),
        b"question",
    );
    bench.input(usize::MAX, question);
    let read = with_heap(0, || poll(pin!(stream.read(&mut [0; 16]))));
    assert_eq!(read, Poll::Ready(Ok(8)));
}

/// Once pages come back, connections may hold more than a small one again, although no page is allocated.
#[test]
fn connections_recover_with_the_pages_that_come_back() {
    let mut bench = Bench::new();
    let (mut first, sequence) = bench.open(40_000);
    let (_second, other) = bench.open(40_001);
    let question =
        |from, sequence, seq| segment(from, TcpControl::None, seq, Some(sequence + 1), b"question");
    bench.input(usize::MAX, question(40_000, sequence, 1001));
    bench.input(0, question(40_001, other, 1001));
    let read = poll(pin!(first.read(&mut [0; 16])));
    assert_eq!(read, Poll::Ready(Ok(8)));
    let data = [7; 10_000];
    let written = with_heap(0, || poll(pin!(first.write(&data))));
    assert_eq!(written, Poll::Ready(Ok(2048)));
    bench.run(usize::MAX);
    let acked = Some(sequence + 1 + 2048);
    bench.input(
        usize::MAX,
        segment(40_000, TcpControl::None, 1009, acked, &[]),
    );
    let written = poll(pin!(first.write(&data)));
    assert_eq!(written, Poll::Ready(Ok(data.len())));
}

/// What was received out of order gives way to what is read first.
#[test]
fn a_gap_is_filled_without_memory() {
    let mut bench = Bench::new();
    let (mut stream, sequence) = bench.open(40_000);
    let acked = Some(sequence + 1);
    let sent = |seq, data: &[u8]| segment(40_000, TcpControl::None, seq, acked, data);
    bench.input(usize::MAX, sent(1001 + 4096, b"later"));
    bench.input(0, sent(1001, b"first"));
    let mut buffer = [0; 16];
    let read = with_heap(0, || poll(pin!(stream.read(&mut buffer))));
    assert_eq!(read, Poll::Ready(Ok(5)));
    assert_eq!(&buffer[..5], b"first");
}

/// What this side begins is an error when there is no memory for it.
#[test]
fn without_memory_nothing_is_opened() {
    let (mut opened, mut bound) = (0, 0);
    for heap in (0..160 * 1024).step_by(499) {
        let bench = Bench::new();
        let stack = bench.stack.clone();
        let attempt = pin!(stack.connect((CLIENT, 80).into()));
        match with_heap(heap, || poll(attempt)) {
            Poll::Pending => opened += 1,
            Poll::Ready(result) => assert_eq!(result.err(), Some(Error::OutOfMemory)),
        }
        match with_heap(heap, || stack.open_udp()) {
            Ok(_) => bound += 1,
            Err(error) => assert_eq!(error, Error::OutOfMemory),
        }
    }
    assert!((100..300).contains(&opened), "{opened} of {bound}");
    assert!(bound >= 50, "{bound}");
}
