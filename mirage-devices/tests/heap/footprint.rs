//! How much memory connections take, and requests for them.

use super::{
    allocator::in_use,
    bench::{Bench, poll},
    segments::{segment, syn_from},
};
use core::{net::Ipv4Addr, pin::pin};
use embedded_io_async::{Read, Write};
use mirage_devices::net::TcpStream;
use smoltcp::wire::TcpControl;
use std::task::Poll;

const ANY: usize = usize::MAX;

/// The pages that a connection has of its own, in bytes.
const RESERVED: usize = 2 * 536;

/// Opens a connection, which asks and is answered.
fn open(bench: &mut Bench, from: u16) -> TcpStream {
    let (mut stream, sequence) = bench.open(from);
    let question = segment(from, TcpControl::Psh, 1001, Some(sequence + 1), b"question");
    bench.input(ANY, question);
    let mut buffer = [0; 16];
    assert_eq!(poll(pin!(stream.read(&mut buffer))), Poll::Ready(Ok(8)));
    assert_eq!(poll(pin!(stream.write(b"answer"))), Poll::Ready(Ok(6)));
    bench.run(ANY);
    let acknowledged = segment(from, TcpControl::None, 1009, Some(sequence + 7), &[]);
    bench.input(ANY, acknowledged);
    stream
}

#[test]
fn ten_thousand_idle_connections_take_five_mib() {
    let mut bench = Bench::new();
    let before = in_use();
    let streams: Vec<_> = (0..10_000)
        .map(|number| open(&mut bench, 20_000 + number))
        .collect();
    let taken = in_use() - before - 10_000 * RESERVED;
    assert!(taken <= 5 << 20, "{taken} bytes");
    drop(streams);
}

/// Requests from everywhere, whose senders never answer. There are cookies beyond the queue, so that a
/// client gets in at any time.
#[test]
fn a_flood_of_requests_takes_no_memory_and_keeps_nobody_out() {
    const ROUNDS: u32 = 100;
    const REQUESTS: u32 = 1000;
    let mut bench = Bench::new();
    let mut streams = Vec::with_capacity(ROUNDS as usize);
    let mut flood = |round: u32| {
        for number in 0..REQUESTS {
            let number = round * REQUESTS + number;
            let source = Ipv4Addr::from_bits(0x0a00_0100 + number % 0xff_0000);
            bench.input(ANY, syn_from(source, number as u16));
        }
        streams.push(open(&mut bench, 20_000 + round as u16));
        in_use()
    };
    // The queue of half-open connections and the neighbours have their final size after these.
    let full = (0..10).map(&mut flood).last().expect("a figure");
    let per_connection = 640 + RESERVED;
    for round in 10..ROUNDS {
        let limit = full + (round as usize - 9) * per_connection;
        let taken = flood(round);
        assert!(
            taken <= limit,
            "{taken} bytes in round {round}, from {full}"
        );
    }
    assert!(bench.stack.counters().tcp.cookies_sent > 90_000);
}
