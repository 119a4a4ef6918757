//! Selective acknowledgments that we send (RFC 2018, RFC 2883).

use super::wire::Script;
use crate::net::tcp::{options::SackBlock, segment::Flags};

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
