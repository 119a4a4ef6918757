//! Single probes, and the losses of them, with a scripted peer.

use super::{
    super::{
        icmp::report,
        wire::{Answer, Script, data_len},
        world::{PORT, waker},
    },
    SECOND,
};
use crate::net::{
    ip::IcmpErrorKind,
    tcp::{ConnectionId, options::SackBlock, segment::Flags},
};
use core::time::Duration;
use std::vec::Vec;

/// A connection with segments of 1460 bytes, and SACK, whose path has dropped some of them: segments have 1240 bytes.
fn searching() -> (Script, ConnectionId) {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1460);
    syn.options.sack_permitted();
    let id = script.open_with(syn);
    script.write(id, &[1; 6000]);
    script.wait(4 * SECOND);
    script.acknowledge(6000, WINDOW);
    (script, id)
}

const WINDOW: u16 = 30_000;

/// Writes what there is room for. Returns what is sent.
fn write(script: &mut Script, id: ConnectionId) -> Vec<Answer> {
    let written = script.transport.write(id, &[2; 60_000], &waker());
    written.expect("it is open");
    script.flush()
}

/// Of what was `sent`, the segments from `first` on, `count` of them, are lost: what comes before and behind is
/// received. Returns the answers, and what is sent when these and all else are received.
fn lose(
    script: &mut Script,
    id: ConnectionId,
    sent: &[Answer],
    first: usize,
    count: usize,
) -> (Vec<Answer>, Vec<Answer>) {
    let end = |sent: &[Answer]| sent[0].seq + data_len(sent) as u32;
    let mut header = script.header(Flags::ACK);
    header.window = WINDOW;
    header.ack = sent[first].seq;
    header.options.sack(&[SackBlock {
        start: sent[first + count].seq,
        end: end(sent),
    }]);
    let mut answers = script.send(header, b"");
    answers.extend(script.wait(Duration::from_millis(100)));
    let new = answers
        .iter()
        .filter(|answer| !answer.seq.is_before(end(sent)));
    let new: usize = new.map(|answer| answer.data.len()).sum();
    let behind = end(sent) - script.ack + new as u32;
    let mut next = script.acknowledge(behind, WINDOW);
    next.extend(write(script, id));
    (answers, next)
}

/// What was `sent` is received. Returns what is sent then.
fn receive(script: &mut Script, id: ConnectionId, sent: &[Answer]) -> Vec<Answer> {
    let mut next = script.acknowledge(data_len(sent) as u32, WINDOW);
    next.extend(write(script, id));
    // What is paced leaves later.
    next.extend(script.wait(Duration::from_millis(50)));
    next
}

fn largest(sent: &[Answer]) -> usize {
    sent.iter().map(|sent| sent.data.len()).max().unwrap_or(0)
}

/// The bytes in flight before and after `count` segments were lost of which the first was a probe.
fn flights(count: usize) -> (usize, usize) {
    let (mut script, id) = searching();
    let mut sent = write(&mut script, id);
    loop {
        // The search goes on until the window is larger.
        let lengths: Vec<_> = sent.iter().map(|sent| sent.data.len()).collect();
        let probe = lengths.windows(6).position(|part| part[0] > part[1]);
        if let Some(probe) = probe {
            let (answers, next) = lose(&mut script, id, &sent, probe, count);
            // It is sent again in segments that are known to pass.
            assert!(largest(&answers) <= lengths[probe + 1]);
            assert_eq!(answers[0].seq, sent[probe].seq);
            return (data_len(&sent), data_len(&next));
        }
        sent = match lengths[0] > lengths[1] {
            true => lose(&mut script, id, &sent, 0, 1).1,
            false => receive(&mut script, id, &sent),
        };
    }
}

/// RFC 4821, section 7.6.2: the loss of a probe alone is no sign of congestion, that of other data is.
#[test]
fn only_the_loss_of_other_data_reduces_the_window() {
    let (before, after) = flights(1);
    assert!(after >= before - 1240, "{before} {after}");
    let (before, after) = flights(2);
    assert!(after < before * 8 / 10, "{before} {after}");
}

/// A router that reports the size after all is believed: that is probed next.
#[test]
fn a_reported_size_is_probed_next() {
    let (mut script, id) = searching();
    let sent = write(&mut script, id);
    assert_eq!(sent[0].data.len(), 1460);
    let kind = IcmpErrorKind::FragmentationNeeded { mtu: 1400 };
    report(&mut script, PORT, sent[0].seq, kind);
    assert!(script.flush().is_empty(), "segments are smaller already");
    let (_, mut sent) = lose(&mut script, id, &sent, 0, 1);
    while largest(&sent) <= 1240 {
        sent = receive(&mut script, id, &sent);
    }
    assert_eq!(largest(&sent), 1360);
}

/// What a router has reported counts for ten minutes (RFC 1191, section 6.3).
#[test]
fn a_path_may_become_wider_than_was_reported() {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1460);
    syn.options.sack_permitted();
    let id = script.open_with(syn);
    let sent = script.write(id, &[1; 4000]);
    let kind = IcmpErrorKind::FragmentationNeeded { mtu: 1400 };
    report(&mut script, PORT, sent[0].seq, kind);
    assert_eq!(script.flush()[0].data.len(), 1360);
    script.acknowledge(4000, WINDOW);
    for (pause, size) in [(0, 1360), (590, 1360), (20, 1460), (0, 1460)] {
        script.wait(pause * SECOND);
        let sent = script.write(id, &[1; 4000]);
        assert_eq!(data_len(&sent), 4000);
        assert_eq!(largest(&sent), size, "after {pause} s");
        script.acknowledge(4000, WINDOW);
    }
}
