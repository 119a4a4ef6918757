//! Timestamps: which are echoed, and which make a segment old (RFC 7323).

use super::wire::{Answer, Script};
use crate::net::{
    Error,
    tcp::{ConnectionId, segment::Flags},
};
use core::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn established() -> (Script, ConnectionId) {
    let mut script = Script::new();
    script.timestamp = Some(1000);
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1000);
    let id = script.open_with(syn);
    (script, id)
}

fn echo(answer: &Answer) -> Option<u32> {
    answer.timestamps.map(|timestamps| timestamps.echo)
}

/// PAWS: the segment is from an earlier turn of the sequence numbers.
#[test]
fn a_segment_with_an_old_timestamp_is_acknowledged_and_dropped() {
    let (mut script, id) = established();
    for old in [999, 1000_u32.wrapping_sub(1 << 30)] {
        script.timestamp = Some(old);
        let answers = script.send(script.header(Flags::ACK), b"old");
        assert_eq!(answers.len(), 1, "{old}");
        assert_eq!(answers[0].ack, script.seq);
        assert_eq!(echo(&answers[0]), Some(1000));
    }
    assert_eq!(script.transport.counters().old_timestamps, 2);
    script.timestamp = Some(1000);
    script.data(b"new");
    assert_eq!(script.read(id).as_deref(), Ok(&b"new"[..]));
}

/// A clock of the peer may have turned around within 24 days of silence.
#[test]
fn an_old_timestamp_counts_for_24_days() {
    for (silence, expected) in [(23 * DAY, &b""[..]), (25 * DAY, &b"late"[..])] {
        let (mut script, id) = established();
        script.wait(silence);
        script.timestamp = Some(999);
        script.data(b"late");
        assert_eq!(script.read(id).as_deref(), Ok(expected));
    }
}

#[test]
fn a_reset_is_never_old() {
    let (mut script, id) = established();
    script.timestamp = Some(1);
    script.send(script.header(Flags::RST), b"");
    assert_eq!(script.transport.error(id), Some(Error::ConnectionReset));
}

/// Middleboxes remove options. The RFC recommends to drop such segments; Linux accepts them too.
#[test]
fn a_segment_without_a_timestamp_is_accepted() {
    let (mut script, id) = established();
    script.timestamp = None;
    script.data(b"plain");
    assert_eq!(script.read(id).as_deref(), Ok(&b"plain"[..]));
}

/// The echo tells the peer how long its oldest segment took, delayed acknowledgment included, and is not
/// that of a segment behind a gap.
#[test]
fn the_echo_is_that_of_the_oldest_segment_that_is_acknowledged() {
    let (mut script, _) = established();
    script.timestamp = Some(1010);
    assert!(script.data(&[1; 100]).is_empty());
    script.timestamp = Some(1011);
    assert!(script.data(&[1; 100]).is_empty());
    let answers = script.wait(Duration::from_millis(100));
    assert_eq!(echo(&answers[0]), Some(1010));
    script.timestamp = Some(1020);
    let mut behind = script.header(Flags::ACK);
    behind.seq = script.seq + 100;
    let answers = script.send(behind, &[1; 100]);
    assert_eq!(echo(&answers[0]), Some(1010));
    // The segment that fills the gap.
    script.timestamp = Some(1021);
    let answers = script.data(&[1; 100]);
    assert_eq!(echo(&answers[0]), Some(1021));
}
