//! Data that is written in place.

use super::{
    wire::{Answer, Script, data_len},
    world::{pattern, waker},
};
use crate::net::{
    Error,
    tcp::{
        pool::{LARGE_PAGE, Page, SMALL_PAGE},
        segment::Flags,
        transport::calls::ConnectionId,
    },
};
use alloc::vec::Vec;
use core::time::Duration;

/// A connection of `script`, and what may be written in place, filled with a pattern.
fn reserve(script: &mut Script, id: ConnectionId, count: usize) -> (Page, usize) {
    let mut page = Page::new();
    let reserved = script.transport.reserve(id, &mut page, count, &waker());
    let committed = reserved.expect("it is open").expect("there is room");
    let length = page.len();
    page.copy_from_slice(&pattern(0)[..length]);
    (page, committed)
}

/// Commits a reservation; returns what is sent at once.
fn commit(
    script: &mut Script,
    id: ConnectionId,
    (mut page, committed): (Page, usize),
) -> Vec<Answer> {
    script.transport.release_reservation(committed);
    let complete = script.transport.commit(id, &mut page, &waker());
    assert_eq!(complete, Ok(true));
    script.flush()
}

/// Begins with a sequence number of ours that is just below 2³².
fn near_the_wrap() -> (Script, ConnectionId) {
    let (probe, _) = Script::established();
    let mut script = Script::new();
    // The clock of sequence numbers ticks every 4 µs.
    let ticks = (u32::MAX - 5000).wrapping_sub(probe.ack.0);
    script.now = script.now + Duration::from_micros(4 * u64::from(ticks));
    let id = script.open();
    assert!((u32::MAX - 5000..u32::MAX - 4000).contains(&script.ack.0));
    (script, id)
}

fn is_unused(script: &Script) -> bool {
    let pool = script.transport.pool();
    (pool.in_use(), pool.committed()) == (0, 0)
}

/// The data that was received from a sequence number on.
struct Received {
    start: u32,
    bytes: Vec<u8>,
}

impl Received {
    /// Adds segments that begin at most at the end of what was received.
    fn add(&mut self, answers: &[Answer]) {
        for answer in answers {
            let at = answer.seq.0.wrapping_sub(self.start) as usize;
            let known = self.bytes.len() - at;
            self.bytes.extend(answer.data.iter().skip(known));
            assert!(self.bytes[at..].starts_with(&answer.data));
        }
    }
}

#[test]
fn a_page_that_was_reserved_is_sent_and_sent_again_from_where_it_is() {
    for (mut script, id) in [Script::established(), near_the_wrap()] {
        let mut received = Received {
            start: script.ack.0,
            bytes: Vec::new(),
        };
        let window = script.transport.pool().committed();
        let reservation = reserve(&mut script, id, 100_000);
        assert_eq!(reservation.0.len(), LARGE_PAGE);
        assert_eq!(script.transport.pool().committed(), window + LARGE_PAGE);
        assert!(
            script.flush().is_empty(),
            "what is not committed is not sent"
        );
        received.add(&commit(&mut script, id, reservation));
        assert_eq!(received.bytes, pattern(0)[..10_000], "ten segments");
        assert_eq!(script.transport.pool().in_use(), LARGE_PAGE, "not copied");
        // The timer sends the first segment again.
        let again = script.wait(Duration::from_secs(2));
        let is_first = |answer: &&Answer| answer.seq.0 == received.start;
        assert!(again.iter().filter(is_first).count() > 0);
        received.add(&again);
        let mut acknowledged = 0;
        while acknowledged < received.bytes.len() {
            let new = received.bytes.len() - acknowledged;
            acknowledged += new;
            received.add(&script.acknowledge(new as u32, 20_000));
        }
        assert!(received.bytes == pattern(0)[..LARGE_PAGE]);
        assert_eq!(script.transport.pool().in_use(), 0);
        // What is left is the receive window.
        script.transport.abort(id);
        script.flush();
        assert!(is_unused(&script));
    }
}

#[test]
fn what_is_written_before_it_is_committed_comes_first() {
    let (mut script, id) = Script::established();
    let (mut page, committed) = reserve(&mut script, id, 9000);
    page.truncate(600);
    let mut sent = Vec::new();
    sent.extend(script.write(id, b"head"));
    sent.extend(commit(&mut script, id, (page, committed)));
    let bytes: Vec<_> = sent.iter().flat_map(|answer| answer.data.clone()).collect();
    assert_eq!(&bytes[..4], b"head");
    assert_eq!(&bytes[4..], &pattern(0)[..600]);
    // They were copied to the page that was begun.
    assert_eq!(script.transport.pool().in_use(), SMALL_PAGE);
}

#[test]
fn what_is_not_committed_is_returned() {
    let (mut script, id) = Script::established();
    let window = script.transport.pool().committed();
    let (page, committed) = reserve(&mut script, id, 5000);
    assert_eq!(page.len(), 5000);
    script.transport.release_reservation(committed);
    script.transport.take_back(id, page);
    let pool = script.transport.pool();
    assert_eq!((pool.in_use(), pool.committed()), (0, window));
    assert!(script.flush().is_empty());
    // The next reservation has the memory of the one before.
    let mut page = reserve(&mut script, id, 100).0;
    let before = page.as_ptr();
    let again = script.transport.reserve(id, &mut page, 200, &waker());
    assert!(again.is_ok());
    assert_eq!((page.as_ptr(), page.len()), (before, 200));
}

#[test]
fn a_connection_that_ends_in_between_returns_the_memory() {
    let (mut script, id) = Script::established();
    let (mut page, committed) = reserve(&mut script, id, 5000);
    let reset = script.header(Flags::RST);
    script.send(reset, b"");
    script.transport.release_reservation(committed);
    let refused = script.transport.commit(id, &mut page, &waker());
    assert_eq!(refused, Err(Error::ConnectionReset));
    script.transport.take_back(id, page);
    assert!(is_unused(&script));
    let refused = script.transport.reserve(id, &mut Page::new(), 1, &waker());
    assert_eq!(refused, Err(Error::ConnectionReset));
    script.transport.release(id, script.now);
    assert_eq!(script.transport.population(), (0, 0, 0));

    let (mut script, id) = Script::established();
    let (mut page, committed) = reserve(&mut script, id, 5000);
    script.transport.shutdown(id);
    script.transport.release_reservation(committed);
    let refused = script.transport.commit(id, &mut page, &waker());
    assert_eq!(refused, Err(Error::BrokenPipe));
}

/// A connection has a small page beyond the budget, and waits for acknowledgments.
#[test]
fn a_connection_writes_in_place_without_a_budget() {
    let mut script = Script::with_budget(0);
    let id = script.open();
    let reservation = reserve(&mut script, id, 100_000);
    assert_eq!((reservation.0.len(), reservation.1), (SMALL_PAGE, 0));
    assert_eq!(data_len(&commit(&mut script, id, reservation)), SMALL_PAGE);
    let mut page = Page::new();
    let waiting = script.transport.reserve(id, &mut page, 1, &waker());
    assert_eq!((waiting, page.len()), (Ok(None), 0));
    script.acknowledge(1000, 20_000);
    let reservation = reserve(&mut script, id, 100_000);
    assert_eq!(reservation.0.len(), 1000);
    assert_eq!(data_len(&commit(&mut script, id, reservation)), 1000);
    script.acknowledge(2048, 20_000);
    assert!(is_unused(&script));
}

/// Other writes have used the room since: the rest waits.
#[test]
fn what_there_is_no_more_room_for_is_committed_later() {
    let mut script = Script::with_budget(0);
    let id = script.open();
    let (mut page, _) = reserve(&mut script, id, 2000);
    script.write(id, &[7; 1500]);
    let complete = script.transport.commit(id, &mut page, &waker());
    assert_eq!((complete, page.len()), (Ok(false), 2000 - 548));
    assert_eq!(data_len(&script.flush()), 548);
    let mut sent = script.acknowledge(1500, 20_000);
    let complete = script.transport.commit(id, &mut page, &waker());
    assert_eq!((complete, page.len()), (Ok(true), 0));
    sent.extend(script.flush());
    let bytes: Vec<_> = sent.iter().flat_map(|answer| answer.data.clone()).collect();
    assert_eq!(bytes, &pattern(0)[548..2000]);
}
