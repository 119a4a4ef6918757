//! Explicit congestion notification (RFC 3168).

mod opening;
mod paths;

use super::{
    path::Sent,
    wire::{Answer, Script, data_len},
    world::{B, PORT, waker},
};
use crate::net::{
    ip::{Ecn, Egress, PacketHeader, Protocol},
    tcp::{ConnectionId, options::SackBlock, segment::Flags},
};
use core::time::Duration;

const MILLISECOND: Duration = Duration::from_millis(1);
const SETUP: Flags = Flags::ECE;

/// A script whose peer has sent a SYN with `flags` beside, and the answer to it.
fn syn(script: &mut Script, flags: Flags) -> Answer {
    let mut syn = script.header(Flags::SYN | flags);
    syn.options.mss(1000);
    syn.options.sack_permitted();
    script.send(syn, b"").remove(0)
}

/// The peer acknowledges the answer to its SYN.
fn complete(script: &mut Script, answer: &Answer) -> ConnectionId {
    script.seq = script.seq + 1;
    script.ack = answer.seq + 1;
    script.send(script.header(Flags::ACK), b"");
    script
        .transport
        .accept(PORT, &waker())
        .expect("it is established")
}

/// A connection with ECN.
fn established() -> (Script, ConnectionId) {
    let mut script = Script::new();
    let answer = syn(&mut script, Flags::ECE | Flags::CWR);
    assert_eq!(answer.flags, Flags::SYN | Flags::ACK | SETUP);
    assert_eq!(answer.ecn, Ecn::NotCapable);
    let id = complete(&mut script, &answer);
    (script, id)
}

/// An acknowledgment of `count` more bytes that reports congestion.
fn echo(script: &mut Script, count: u32) -> std::vec::Vec<Answer> {
    script.ack = script.ack + count;
    let mut header = script.header(Flags::ACK | Flags::ECE);
    header.window = 65_000;
    script.send(header, b"")
}

/// New data is ECN-capable; acknowledgments and repeated data are not.
#[test]
fn only_new_data_is_capable() {
    let (mut script, id) = established();
    let sent = script.write(id, &[1; 2000]);
    assert!(sent.iter().all(|segment| segment.ecn == Ecn::Capable0));
    script.acknowledge(2000, 20_000);
    let answers = script.data(&[1; 3000]);
    assert_eq!(answers[0].ecn, Ecn::NotCapable);
    assert_eq!(script.write(id, &[1; 100])[0].ecn, Ecn::Capable0);
    let repeated = script.wait(1200 * MILLISECOND);
    assert!(!repeated.is_empty());
    assert!(repeated.iter().all(|it| it.ecn == Ecn::NotCapable));
}

#[test]
fn a_probe_of_a_closed_window_is_not_capable() {
    let (mut script, id) = established();
    script.acknowledge(0, 0);
    assert!(script.write(id, &[1; 100]).is_empty());
    let probes = script.wait(Duration::from_secs(3));
    assert_eq!((probes[0].data.len(), probes[0].ecn), (1, Ecn::NotCapable));
}

/// A mark is echoed at once and in each segment, until the peer tells that it has reacted.
#[test]
fn a_mark_is_echoed_until_the_peer_has_reacted() {
    let (mut script, id) = established();
    // From then on, data is predicted.
    script.write(id, b"x");
    script.acknowledge(1, 20_000);
    script.ecn = Ecn::Capable0;
    script.data(b"x");
    script.ecn = Ecn::CongestionExperienced;
    // A mark of an acknowledgment does not count.
    script.send(script.header(Flags::ACK), b"");
    assert_eq!(script.transport.counters().marks_received, 0);
    let answer = script.data(b"x").remove(0);
    assert_eq!(answer.flags, Flags::ACK | Flags::ECE);
    script.ecn = Ecn::Capable0;
    assert!(script.write(id, b"y")[0].flags.contains(Flags::ECE));
    script.send(script.header(Flags::ACK | Flags::CWR), b"z");
    script.seq = script.seq + 1;
    assert!(!script.write(id, b"y")[0].flags.contains(Flags::ECE));
    assert_eq!(script.transport.counters().marks_received, 1);
}

/// The window is reduced once for all echoes of a window of data, nothing is sent again, and the next new
/// data has CWR once.
#[test]
fn the_window_is_reduced_once() {
    let (mut script, id) = established();
    assert_eq!(script.write(id, &[1; 15_000]).len(), 10);
    script.wait(20 * MILLISECOND);
    let mut sent = std::vec::Vec::new();
    for _ in 0..10 {
        sent.extend(echo(&mut script, 1000));
    }
    let _ = script.transport.write(id, &[1; 30_000], &waker());
    sent.extend(script.flush());
    assert_eq!(data_len(&sent), 7000, "0.7 of the ten in flight");
    let reacted = sent.iter().filter(|it| it.flags.contains(Flags::CWR));
    assert_eq!(reacted.count(), 1);
    assert!(sent[0].flags.contains(Flags::CWR));
    let counters = script.transport.counters();
    assert_eq!((counters.ecn_reductions, counters.retransmissions), (1, 0));
}

/// A report in the next window of data reduces it again, and one that acknowledges nothing new does not.
#[test]
fn another_window_is_reduced_again() {
    let (mut script, id) = established();
    script.write(id, &[1; 10_000]);
    echo(&mut script, 0);
    assert_eq!(script.transport.counters().ecn_reductions, 0);
    echo(&mut script, 10_000);
    script.write(id, &[1; 7000]);
    echo(&mut script, 7000);
    assert_eq!(script.transport.counters().ecn_reductions, 2);
}

/// The loss was none, but there was congestion: the window stays reduced.
#[test]
fn a_spurious_loss_does_not_undo_a_reported_mark() {
    let windows = [false, true].map(|is_marked| {
        let (mut script, id) = established();
        script.write(id, &[1; 10_000]);
        script.wait(20 * MILLISECOND);
        let start = script.ack;
        let mut header = script.header(Flags::ACK);
        header.window = 65_000;
        header.options.sack(&[SackBlock {
            start: start + 1000,
            end: start + 9000,
        }]);
        script.send(header, b"");
        // The first was sent again. It arrives, and then the repeated one.
        if is_marked {
            echo(&mut script, 9000);
        } else {
            script.acknowledge(9000, 65_000);
        }
        let mut duplicate = script.header(Flags::ACK);
        duplicate.window = 65_000;
        duplicate.options.sack(&[SackBlock {
            start,
            end: start + 1000,
        }]);
        script.send(duplicate, b"");
        script.acknowledge(1000, 65_000);
        let _ = script.transport.write(id, &[1; 30_000], &waker());
        data_len(&script.flush())
    });
    assert!(windows[0] >= 10_000 && windows[1] < 8000, "{windows:?}");
}

/// A mark of a segment that was received before is not one (section 6.1.5): whoever repeats old data could slow the
/// peer down.
#[test]
fn a_mark_of_old_data_is_ignored() {
    let (mut script, _) = established();
    script.data(&[1; 1000]);
    script.seq = script.seq - 1000;
    script.ecn = Ecn::CongestionExperienced;
    let answer = script.data(&[1; 1000]).remove(0);
    assert_eq!(answer.flags, Flags::ACK);
    assert_eq!(script.transport.counters().marks_received, 0);
}

/// All segments but the first have arrived, so the first is lost.
fn lose_the_first(script: &mut Script) -> std::vec::Vec<Answer> {
    let mut header = script.header(Flags::ACK);
    header.window = 65_000;
    header.options.sack(&[SackBlock {
        start: script.ack + 1000,
        end: script.ack + 9000,
    }]);
    script.send(header, b"")
}

/// A loss reduces the window, too: the peer is told so with the next new data, and not with what is sent again.
#[test]
fn a_loss_is_told_to_the_peer() {
    let (mut script, id) = established();
    script.write(id, &[1; 9000]);
    script.wait(20 * MILLISECOND);
    let repeated = lose_the_first(&mut script).remove(0);
    assert_eq!((repeated.ecn, repeated.data.len()), (Ecn::NotCapable, 1000));
    assert!(!repeated.flags.contains(Flags::CWR));
    script.acknowledge(9000, 65_000);
    let sent = script.write(id, &[1; 2000]);
    assert!(sent[0].flags.contains(Flags::CWR));
    assert!(!sent[1].flags.contains(Flags::CWR));
    assert_eq!(script.transport.counters().ecn_reductions, 0);
}

/// Of one window of data, one segment was marked and one is lost, whichever is known first.
#[test]
fn a_mark_and_a_loss_of_one_window_reduce_it_once() {
    let windows = [(false, false), (true, false), (false, true)].map(|(before, after)| {
        let (mut script, id) = established();
        script.write(id, &[1; 10_000]);
        script.wait(20 * MILLISECOND);
        if before {
            echo(&mut script, 1000);
        } else {
            script.acknowledge(1000, 65_000);
        }
        lose_the_first(&mut script);
        if after {
            echo(&mut script, 9000);
        } else {
            script.acknowledge(9000, 65_000);
        }
        let _ = script.transport.write(id, &[1; 30_000], &waker());
        data_len(&script.flush())
    });
    assert_eq!(windows, [windows[0]; 3]);
    assert!(windows[0] <= 8000, "{windows:?}");
}

/// A segment with CWR finds no room at the link: CWR goes with it when there is some.
#[test]
fn a_reduction_is_told_to_the_peer_when_the_link_has_room() {
    let (mut script, id) = established();
    script.write(id, &[1; 1000]);
    let sent = Sent {
        header: PacketHeader {
            local: B.into(),
            remote: script.source.into(),
            protocol: Protocol::Tcp,
            ecn: Ecn::NotCapable,
        },
        payload: std::vec::Vec::new(),
    };
    echo(&mut script, 1000);
    script.outbox.0.resize(256, sent);
    assert!(!script.outbox.has_room());
    let _ = script.transport.write(id, &[1; 1000], &waker());
    script.transport.flush(script.now, &mut script.outbox);
    script.outbox.0.clear();
    let sent = script.flush();
    assert_eq!((sent.len(), sent[0].ecn), (1, Ecn::Capable0));
    assert!(sent[0].flags.contains(Flags::CWR));
}
