//! Writing in place when there is no memory left.

use super::{
    allocator::with_heap,
    bench::{Bench, poll},
    segments::segment,
};
use core::{
    pin::pin,
    task::{Context, Poll, Waker},
};
use embedded_io_async::Write;
use mirage_devices::net::{Error, TcpStream};
use smoltcp::wire::{TcpControl, TcpSeqNumber};

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// Reserves `count` bytes with a heap of `heap` bytes, and fills what it gets with 7.
fn reserve(stream: &TcpStream, heap: usize, bytes: &mut Vec<u8>, count: usize) -> usize {
    let reserved = with_heap(heap, || stream.poll_reserve(&mut context(), bytes, count));
    assert_eq!(reserved, Poll::Ready(Ok(())));
    bytes.fill(7);
    bytes.len()
}

/// A segment without data that acknowledges `count` bytes.
fn acknowledgment(sequence: TcpSeqNumber, count: usize) -> Vec<u8> {
    let acked = Some(sequence + 1 + count);
    segment(40_000, TcpControl::None, 1001, acked, &[])
}

/// However little is left, a reservation has a byte at least, and what is written there is sent.
#[test]
fn a_connection_writes_in_place_wherever_memory_ends() {
    for heap in (0..120_000).step_by(1009) {
        let mut bench = Bench::new();
        let (stream, sequence) = bench.open(40_000);
        let mut sent = 0;
        for _ in 0..3 {
            let mut bytes = Vec::new();
            let count = reserve(&stream, heap, &mut bytes, 10_000);
            assert!(count >= 536, "{count} of {heap}");
            let committed = with_heap(heap, || stream.poll_commit(&mut context(), &mut bytes));
            assert_eq!(committed, Poll::Ready(Ok(())));
            bench.run(heap);
            sent += count;
            // A window after another.
            let mut acknowledged = 0;
            while acknowledged < sent {
                let (_, seq, payload) = bench.answer().expect("data");
                assert!(payload.iter().all(|byte| *byte == 7));
                acknowledged = seq + payload.len() - (sequence + 1);
                bench.input(heap, acknowledgment(sequence, acknowledged));
            }
        }
    }
}

/// Then a connection has nothing but its own page. A write cannot have it, and does not wait for ever.
#[test]
fn a_write_without_memory_beside_a_reservation_fails() {
    let mut bench = Bench::new();
    let (mut stream, sequence) = bench.open(40_000);
    let mut bytes = Vec::new();
    assert_eq!(reserve(&stream, 0, &mut bytes, 10_000), 536);
    let written = with_heap(0, || poll(pin!(stream.write(b"other"))));
    assert_eq!(written, Poll::Ready(Err(Error::OutOfMemory)));
    // Another reservation replaces the first one.
    assert_eq!(reserve(&stream, 0, &mut bytes, 6), 6);
    let committed = with_heap(0, || stream.poll_commit(&mut context(), &mut bytes));
    assert_eq!(committed, Poll::Ready(Ok(())));
    bench.run(0);
    assert_eq!(bench.answer().expect("data").2, [7; 6]);
    // The next one waits until the page is acknowledged.
    let waiting = with_heap(0, || stream.poll_reserve(&mut context(), &mut bytes, 1));
    assert!(waiting.is_pending());
    bench.input(0, acknowledgment(sequence, 6));
    assert_eq!(reserve(&stream, 0, &mut bytes, 10_000), 536);
    stream.release_reservation(&mut bytes);
    let written = with_heap(0, || poll(pin!(stream.write(b"other"))));
    assert_eq!(written, Poll::Ready(Ok(5)));
}

/// The page of the reservation is the only one, and something else is being sent.
#[test]
fn what_is_reserved_is_sent_without_memory_after_other_data() {
    let mut bench = Bench::new();
    let (mut stream, sequence) = bench.open(40_000);
    let mut bytes = Vec::new();
    assert_eq!(reserve(&stream, 0, &mut bytes, 300), 300);
    let written = poll(pin!(stream.write(&[8; 2048])));
    assert_eq!(written, Poll::Ready(Ok(2048)));
    let waiting = with_heap(0, || stream.poll_commit(&mut context(), &mut bytes));
    assert!(waiting.is_pending());
    bench.run(0);
    bench.input(0, acknowledgment(sequence, 2048));
    let committed = with_heap(0, || stream.poll_commit(&mut context(), &mut bytes));
    assert_eq!(committed, Poll::Ready(Ok(())));
    bench.run(0);
    assert_eq!(bench.answer().expect("data").2, [7; 300]);
}

/// The memory of a stream that is dropped is free again.
#[test]
fn dropping_a_stream_frees_what_it_has_reserved() {
    let mut bench = Bench::new();
    for from in 40_000..40_200 {
        let (stream, _) = bench.open(from);
        let mut bytes = Vec::new();
        assert_eq!(reserve(&stream, usize::MAX, &mut bytes, 20_000), 16_384);
        drop(stream);
    }
}
