//! Selective acknowledgments that we send (RFC 2018, RFC 2883).

use super::{wire::Script, world::waker};
use crate::net::tcp::{options::SackBlock, segment::Flags};
use alloc::vec::Vec;

fn block(script: &Script, start: u32, end: u32) -> SackBlock {
    SackBlock {
        start: script.seq + start,
        end: script.seq + end,
    }
}

#[test]
fn gaps_are_reported_the_latest_first() {
    let (mut script, id) = Script::established();
    let mut header = script.header(Flags::ACK);
    header.seq = script.seq + 100;
    let answers = script.send(header, &[1; 100]);
    assert_eq!(answers[0].sack, [block(&script, 100, 200)]);
    header.seq = script.seq + 300;
    let answers = script.send(header, &[1; 100]);
    let expected = [block(&script, 300, 400), block(&script, 100, 200)];
    assert_eq!(answers[0].sack, expected);
    assert_eq!(answers[0].ack, script.seq);
    // The first gap is filled: at once, there is an acknowledgment of all up to the second.
    let answers = script.send(script.header(Flags::ACK), &[1; 100]);
    assert_eq!(answers[0].ack, script.seq + 200);
    assert_eq!(answers[0].sack, [block(&script, 300, 400)]);
    assert_eq!(script.read(id).map(|bytes| bytes.len()), Ok(200));
}

#[test]
fn duplicates_are_reported_once() {
    let (mut script, _) = Script::established();
    let header = script.header(Flags::ACK);
    script.send(header, &[1; 100]);
    let answers = script.send(header, &[1; 100]);
    assert_eq!(answers[0].sack, [block(&script, 0, 100)]);
    // Out of order, the duplicate is inside of the block behind it.
    let mut behind = header;
    behind.seq = script.seq + 200;
    script.send(behind, &[1; 100]);
    let answers = script.send(behind, &[1; 100]);
    let expected = [block(&script, 200, 300), block(&script, 200, 300)];
    assert_eq!(answers[0].sack, expected);
    behind.seq = script.seq + 400;
    let answers = script.send(behind, &[1; 100]);
    let expected = [block(&script, 400, 500), block(&script, 200, 300)];
    assert_eq!(answers[0].sack, expected);
}

/// Gaps are reported also while data is sent.
#[test]
fn gaps_are_reported_beside_data() {
    let (mut script, id) = Script::established();
    let written = script.transport.write(id, &[1; 100], &waker());
    assert_eq!(written, Ok(Some(100)));
    let mut behind = script.header(Flags::ACK);
    behind.seq = script.seq + 100;
    let answers = script.send(behind, &[1; 100]);
    let blocks: Vec<_> = answers.iter().flat_map(|answer| &answer.sack).collect();
    assert_eq!(blocks, [&block(&script, 100, 200)]);
    assert!(answers.iter().any(|answer| answer.data.len() == 100));
}
