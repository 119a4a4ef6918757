//! Paths that mark packets, and those that break ECN.

use super::{MILLISECOND, echo, established};
use crate::net::{
    ip::Ecn,
    tcp::{
        ConnectionId, Counters, EcnMode,
        listener::ConnectionConfig,
        segment::Flags,
        tests::{
            path::PathConfig,
            wire::{Answer, Script},
            world::{PatternWriter, Sink, World, waker},
        },
    },
};
use core::time::Duration;
use std::vec::Vec;

/// Nothing that was sent has arrived: the path may drop what is capable.
#[test]
fn a_path_that_drops_everything_has_no_ecn() {
    let (mut script, id) = established();
    script.write(id, &[1; 100]);
    script.wait(1200 * MILLISECOND);
    script.acknowledge(100, 20_000);
    assert_eq!(script.write(id, &[1; 100])[0].ecn, Ecn::NotCapable);
    assert_eq!(script.transport.counters().ecn_failed, 1);
}

/// A timeout after something has arrived says nothing of ECN.
#[test]
fn a_path_that_has_delivered_data_keeps_ecn() {
    let (mut script, id) = established();
    script.write(id, &[1; 100]);
    script.acknowledge(100, 20_000);
    script.write(id, &[1; 100]);
    script.wait(2000 * MILLISECOND);
    assert!(script.transport.counters().timeouts > 0);
    script.acknowledge(100, 20_000);
    assert_eq!(script.write(id, &[1; 100])[0].ecn, Ecn::Capable0);
    assert_eq!(script.transport.counters().ecn_failed, 0);
}

/// What a peer has sent and what it has received while `length` bytes are sent to it, of which `reports` decides
/// whether the acknowledgment of each segment reports congestion.
fn send(
    script: &mut Script,
    id: ConnectionId,
    length: usize,
    mut reports: impl FnMut(usize) -> bool,
) -> Vec<Answer> {
    let (mut written, mut received) = (0, 0);
    let (mut all, mut sent) = (Vec::new(), Vec::new());
    while received < length {
        let rest = std::vec![1; length - written];
        let count = script.transport.write(id, &rest, &waker());
        written += count.expect("it is open").unwrap_or(0);
        sent.extend(script.flush());
        assert!(!sent.is_empty(), "after {received} bytes");
        for segment in core::mem::take(&mut sent) {
            received += segment.data.len();
            sent.extend(script.wait(MILLISECOND));
            let count = segment.data.len() as u32;
            if reports(received) {
                sent.extend(echo(script, count));
            } else {
                sent.extend(script.acknowledge(count, 65_000));
            }
            all.push(segment);
        }
    }
    all
}

/// All data is marked, or the peer reports it always: after ten windows data is no longer ECN-capable, and reports
/// mean nothing any more. Nothing is sent twice.
#[test]
fn a_path_that_marks_everything_has_no_ecn() {
    let (mut script, id) = established();
    let sent = send(&mut script, id, 200_000, |_| true);
    let counters = script.transport.counters();
    assert_eq!((counters.retransmissions, counters.timeouts), (0, 0));
    assert_eq!((counters.ecn_reductions, counters.ecn_failed), (10, 1));
    let capable = sent.iter().filter(|it| it.ecn == Ecn::Capable0).count();
    assert!(sent[..capable].iter().all(|it| it.ecn == Ecn::Capable0));
    // Two segments are in flight at least.
    assert!((20..=60).contains(&capable), "{capable}");
    // The last reduction is reported, too.
    let reacted = sent.iter().filter(|it| it.flags.contains(Flags::CWR));
    assert_eq!(reacted.count(), 10);
    assert!(sent[capable].flags.contains(Flags::CWR));
}

/// Marks from then on are congestion, however many there are: the window has a lower limit, so data goes on.
#[test]
fn a_path_that_has_not_marked_everything_keeps_ecn() {
    let (mut script, id) = established();
    let sent = send(&mut script, id, 200_000, |received| received > 1000);
    assert!(sent.iter().all(|it| it.ecn == Ecn::Capable0));
    let counters = script.transport.counters();
    assert_eq!((counters.retransmissions, counters.timeouts), (0, 0));
    let reductions = counters.ecn_reductions;
    assert!((50..=100).contains(&reductions), "{reductions}");
    assert_eq!(counters.ecn_failed, 0);
}

/// The peer sends data as ECN-capable, or the path has cleared the field, which changes nothing.
#[test]
fn cleared_fields_are_counted() {
    for (field, cleared) in [(Ecn::NotCapable, 1), (Ecn::Capable0, 0), (Ecn::Capable1, 0)] {
        let (mut script, id) = established();
        // Acknowledgments are never capable.
        script.send(script.header(Flags::ACK), b"");
        for _ in 0..3 {
            script.ecn = field;
            script.data(&[1; 1000]);
            script.ecn = Ecn::NotCapable;
        }
        script.data(&[1; 1000]);
        assert_eq!(script.transport.counters().ecn_cleared, cleared);
        assert_eq!(script.write(id, &[1; 100])[0].ecn, Ecn::Capable0);
    }
}

/// What a path of 10 ms does to 20 MB: how long they take, and the counters of both sides.
fn transfer(path: PathConfig, ecn: EcnMode) -> (Duration, [Counters; 2]) {
    let mut world = World::new(path, PathConfig { marks: 0, ..path }, 1);
    let config = ConnectionConfig {
        ecn,
        ..ConnectionConfig::default()
    };
    let (client, server) = world.establish(config);
    let mut source = PatternWriter::new(0, client, 20_000_000);
    let mut sink = Sink::new(1, server);
    let start = world.now;
    let ended = world.run_until(Duration::from_secs(100), |world| {
        source.run(world).expect("the path works");
        sink.run(world).expect("the path works");
        sink.is_finished
    });
    assert!(ended);
    let counters = [0, 1].map(|host: usize| *world.hosts[host].transport.counters());
    (world.now - start, counters)
}

fn path(marks: u32, clears_ecn: bool) -> PathConfig {
    PathConfig {
        delay: 10 * MILLISECOND,
        marks,
        clears_ecn,
        ..PathConfig::default()
    }
}

/// A queue marks what it would drop: the window is reduced, and nothing is sent again.
#[test]
fn a_path_that_marks_loses_nothing() {
    let (_, [client, server]) = transfer(path(1000, false), EcnMode::Request);
    assert_eq!((client.retransmissions, client.timeouts), (0, 0));
    assert!(client.ecn_reductions > 0 && client.ecn_failed == 0);
    assert!(server.marks_received >= client.ecn_reductions);
    let (_, [client, server]) = transfer(path(1000, false), EcnMode::Accept);
    assert_eq!((client.ecn_reductions, server.marks_received), (0, 0));
}

/// The path marks all packets that are ECN-capable. The transfer takes little longer than without ECN.
#[test]
fn a_path_that_marks_everything_is_used_without_ecn() {
    let (with, [client, server]) = transfer(path(1_000_000, false), EcnMode::Request);
    assert_eq!((client.ecn_failed, client.timeouts), (1, 0));
    assert!(server.marks_received > 0);
    let (without, _) = transfer(path(0, false), EcnMode::Off);
    std::println!("{with:?}, {without:?}");
    assert!(with < without * 2, "{with:?}, {without:?}");
}

/// The path clears the field before its queue could mark anything.
#[test]
fn a_path_that_clears_the_field_is_noticed_by_the_receiver() {
    let (with, [client, server]) = transfer(path(0, true), EcnMode::Request);
    assert_eq!((client.ecn_reductions, client.ecn_failed), (0, 0));
    assert_eq!(server.ecn_cleared, 1);
    let (without, _) = transfer(path(0, false), EcnMode::Off);
    assert_eq!(with, without);
}

/// An answer for each segment, and no more.
#[test]
fn a_path_that_marks_everything_has_one_answer_for_each_segment() {
    let (mut script, id) = established();
    script.ecn = Ecn::CongestionExperienced;
    for count in 1..=1000 {
        let answers = script.data(&[1; 1000]);
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].flags, Flags::ACK | Flags::ECE);
        assert_eq!(script.transport.counters().marks_received, count);
        assert_eq!(script.read(id).map(|bytes| bytes.len()), Ok(1000));
    }
}
