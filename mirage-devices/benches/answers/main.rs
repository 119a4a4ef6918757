//! Instructions for a request and an answer of 16 KiB, which the application produces in a buffer of its own or
//! in place. Otherwise as in `network`: it is a program of its own, because more calls of a function change what
//! the compiler inlines there.

#[path = "../network/allocator.rs"]
mod allocator;
#[path = "../network/callgrind.rs"]
mod callgrind;
#[path = "../network/connections.rs"]
#[expect(dead_code, reason = "`network` uses the rest")]
mod connections;
#[path = "../network/link.rs"]
mod link;

use connections::{ACK, Client, Host, PUSH, Work};
use link::arp_reply;
use mirage_devices::net::tcp::ConnectionId;
use std::{hint::black_box, task::Waker, time::Duration};

/// Bytes of an answer.
const LENGTH: usize = 16 * 1024;
/// Bytes of a request.
const REQUEST: usize = 100;
/// Answers of each row.
const ANSWERS: usize = 1000;
/// Answers after which the congestion window lets one leave at once.
const WARM_UP: usize = 8;

/// Produces an answer.
fn produce(buffer: &mut [u8]) {
    black_box(buffer).fill(b'x');
}

/// Receives a request and writes the answer.
#[inline(never)]
fn answer(host: &mut Host, request: &[u8], id: ConnectionId, buffer: Option<&mut Vec<u8>>) {
    let waker = Waker::noop();
    host.receive(request);
    let mut bytes = [0; 1024];
    let read = host.transport.read(host.now, id, &mut bytes, waker);
    assert_eq!(read, Ok(Some(REQUEST)));
    match buffer {
        Some(buffer) => {
            produce(buffer);
            let written = host.transport.write(id, buffer, waker);
            assert_eq!(written, Ok(Some(LENGTH)));
        }
        None => {
            let mut page = Vec::new();
            let reserved = host.transport.reserve(id, &mut page, LENGTH, waker);
            let committed = reserved.expect("it is open").expect("there is room");
            produce(&mut page);
            assert_eq!(page.len(), LENGTH);
            host.transport.release_reservation(committed);
            assert_eq!(host.transport.commit(id, &mut page, waker), Ok(true));
        }
    }
    host.flush();
}

/// Receives an acknowledgment.
#[inline(never)]
fn acknowledge(host: &mut Host, frame: &[u8]) {
    host.receive(frame);
    host.flush();
}

#[inline(never)]
fn measured_answer(
    host: &mut Host,
    request: &[u8],
    id: ConnectionId,
    buffer: Option<&mut Vec<u8>>,
) {
    answer(host, request, id, buffer);
}

#[inline(never)]
fn measured_acknowledgment(host: &mut Host, frame: &[u8]) {
    acknowledge(host, frame);
}

/// Returns the end of the last segment that was sent.
fn sent(host: &Host) -> u32 {
    let tcp = &host.link.bytes[34..host.link.length];
    let seq = u32::from_be_bytes([tcp[4], tcp[5], tcp[6], tcp[7]]);
    let data = tcp.len() - usize::from(tcp[12] >> 4) * 4;
    seq.wrapping_add(data as u32)
}

/// Runs the work of a row; called under valgrind.
fn run(in_place: bool, offload: bool) {
    let mut host = Host::new(offload);
    let mut client = Client::new(0, false);
    host.receive(&client.frame(2, 0));
    host.ipv4.input(
        &mut host.ip,
        host.now,
        &arp_reply(),
        host.info,
        &mut host.link,
    );
    client.open(&mut host, Waker::noop(), Work::Requests);
    let id = client.id.expect("it is accepted");
    let mut buffer = (!in_place).then(|| vec![0; LENGTH]);
    for round in 0..WARM_UP + ANSWERS {
        host.now = host.now + Duration::from_micros(100);
        let is_measured = round >= WARM_UP;
        let request = client.frame(PUSH | ACK, REQUEST);
        let answer = if is_measured { measured_answer } else { answer };
        answer(&mut host, &request, id, buffer.as_mut());
        client.seq += REQUEST as u32;
        let end = client.ack.wrapping_add(LENGTH as u32);
        while client.ack != end {
            let sent = sent(&host);
            assert!(!is_measured || sent == end, "it leaves at once");
            client.ack = sent;
            host.now = host.now + Duration::from_micros(100);
            let frame = client.frame(ACK, 0);
            let acknowledge = if is_measured {
                measured_acknowledgment
            } else {
                acknowledge
            };
            acknowledge(&mut host, &frame);
        }
    }
    assert_eq!(host.transport.counters().retransmissions, 0);
}

fn main() {
    let row = |name, in_place, offload| callgrind::Row {
        name,
        units: ANSWERS,
        run: Box::new(move || run(in_place, offload)),
    };
    callgrind::print(&[
        row("answer of 16 KiB, written", false, false),
        row("answer of 16 KiB, in place", true, false),
        row("answer of 16 KiB, written, offloaded", false, true),
        row("answer of 16 KiB, in place, offloaded", true, true),
    ]);
}
