//! Data that is late, not lost (RFC 8985, section 6.2; RFC 3522; RFC 4015).

use super::{
    wire::{Script, data_len},
    world::waker,
};
use crate::net::tcp::{
    ConnectionId,
    options::{SackBlock, Timestamps},
    segment::Flags,
};
use alloc::vec;
use core::time::Duration;

const MILLISECOND: Duration = Duration::from_millis(1);

/// Ten segments of 1000 bytes are in flight: the whole window. Returns their timestamp, too.
fn ten_in_flight(timestamps: bool) -> (Script, ConnectionId, Option<u32>) {
    let mut script = Script::new();
    script.timestamp = timestamps.then_some(1);
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(if timestamps { 1012 } else { 1000 });
    syn.options.sack_permitted();
    let id = script.open_with(syn);
    script.timestamp = None;
    let sent = script.write(id, &[1; 15_000]);
    assert_eq!(sent.len(), 10);
    script.wait(20 * MILLISECOND);
    let timestamp = sent[0].timestamps.map(|timestamps| timestamps.value);
    (script, id, timestamp)
}

/// The script's side acknowledges the bytes before `count`, and those from `start` to `end`, which are
/// counted from the first one in flight. Nothing is sent yet.
fn receive(script: &mut Script, count: u32, [start, end]: [u32; 2], echo: Option<u32>) {
    let mut header = script.header(Flags::ACK);
    header.ack = script.ack + count;
    header.window = 65_000;
    if let Some(echo) = echo {
        header.options.timestamps(Timestamps { value: 2, echo });
    }
    if start < end {
        header.options.sack(&[SackBlock {
            start: script.ack + start,
            end: script.ack + end,
        }]);
    }
    let mut bytes = vec![0; header.len()];
    header.write(&mut bytes);
    script.receive(&bytes);
}

/// The late segment comes before anything could be sent again: the window is what it was.
#[test]
fn data_that_is_late_within_a_batch_leaves_the_window() {
    let (mut script, id, _) = ten_in_flight(false);
    receive(&mut script, 0, [1000, 2000], None);
    receive(&mut script, 0, [1000, 3000], None);
    receive(&mut script, 0, [1000, 4000], None);
    receive(&mut script, 10_000, [0, 0], None);
    let _ = script.transport.write(id, &[1; 30_000], &waker());
    let window = data_len(&script.flush());
    assert!(window >= 10_000, "{window}");
}

/// The original of a segment that was sent again arrives. Another one that is missing may be late as well:
/// it has a quarter of a round trip.
#[test]
fn after_a_late_segment_the_others_have_more_time() {
    let (mut script, _, echo) = ten_in_flight(true);
    receive(&mut script, 0, [1000, 5000], echo);
    let sent = script.flush();
    assert_eq!(sent[0].seq, script.ack);
    script.wait(2 * MILLISECOND);
    receive(&mut script, 5000, [6000, 9000], echo);
    receive(&mut script, 5000, [6000, 10_000], echo);
    let missing = script.ack + 5000;
    let sent = script.flush();
    assert!(sent.iter().all(|segment| segment.seq != missing));
    let sent = script.wait(6 * MILLISECOND);
    assert!(sent.iter().any(|segment| segment.seq == missing));
}
