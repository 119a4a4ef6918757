//! Timeouts, what is measured for them, and what they do to the window (RFC 6298, RFC 5681).

use super::{
    path::PathConfig,
    wire::{Answer, Script, data_len},
    world::{Sink, World, waker},
};
use crate::net::tcp::{
    ConnectionId,
    listener::ConnectionConfig,
    options::{SackBlock, Timestamps},
    segment::Flags,
};
use alloc::vec::Vec;
use core::time::Duration;

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// How long it takes until something is sent.
fn time_to_send(script: &mut Script) -> (Duration, Vec<Answer>) {
    let start = script.now;
    loop {
        let sent = script.wait(MILLISECOND);
        if !sent.is_empty() {
            return (script.now - start, sent);
        }
        assert!(script.now - start < 1000 * SECOND, "nothing is sent");
    }
}

/// Karn's algorithm: the acknowledgment of a repeated segment may be of either transmission. It is not
/// measured, and the timeout stays as long as it has become.
#[test]
fn a_repeated_segment_is_not_measured() {
    let (mut script, id) = Script::established();
    script.write(id, &[1; 100]);
    assert_eq!(time_to_send(&mut script).0.as_secs_f64().round(), 1.0);
    script.wait(2500 * MILLISECOND - 1000 * MILLISECOND);
    script.acknowledge(100, 20_000);
    script.write(id, &[2; 100]);
    // Neither more than two seconds, as if 2.5 s had been measured, nor one second again.
    let (time, _) = time_to_send(&mut script);
    assert_eq!(time.as_secs_f64().round(), 2.0);
    script.acknowledge(100, 20_000);
    // A segment that is sent once is measured: 10 ms.
    script.write(id, &[3; 100]);
    script.wait(10 * MILLISECOND);
    script.acknowledge(100, 20_000);
    script.write(id, &[4; 100]);
    let (time, _) = time_to_send(&mut script);
    assert!(time < 300 * MILLISECOND, "{time:?}");
}

/// The timeout doubles with each retransmission, and one segment is sent at a time.
#[test]
fn timeouts_double_and_leave_one_segment() {
    let (mut script, id) = Script::established();
    assert_eq!(script.write(id, &[1; 15_000]).len(), 10);
    let mut times = Vec::new();
    for _ in 0..8 {
        let (time, sent) = time_to_send(&mut script);
        assert_eq!((sent.len(), sent[0].seq), (1, script.ack));
        times.push(time.as_secs_f64().round() as u32);
    }
    assert_eq!(times, [1, 2, 4, 8, 16, 32, 60, 60]);
}

/// Ten segments at first, one more for each that is acknowledged; after a timeout one segment, doubling
/// up to half of what was in flight, and about one more each round trip from then on.
#[test]
fn a_window_grows_by_slow_start_and_congestion_avoidance() {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1000);
    let config = ConnectionConfig {
        congestion: crate::net::tcp::Algorithm::RENO,
        ..ConnectionConfig::default()
    };
    script
        .transport
        .stop_listening(super::world::PORT, script.now);
    script
        .transport
        .listen(super::world::PORT, config, None)
        .expect("the port is free");
    let id = script.open_with(syn);
    let mut sent = script.write(id, &[1; 14_000]).len();
    assert_eq!(sent, 10);
    let round = |script: &mut Script, sent: usize| {
        script.wait(50 * MILLISECOND);
        let mut next = 0;
        for _ in 0..sent {
            next += script.acknowledge(1000, 65_000).len();
            let _ = script.transport.write(id, &[1; 3000], &waker());
            next += script.flush().len();
        }
        next
    };
    sent = round(&mut script, sent);
    assert_eq!(sent, 20);
    sent = round(&mut script, sent);
    assert_eq!(sent, 40);
    // All are lost.
    let (_, repeated) = time_to_send(&mut script);
    assert!(repeated.len() <= 2, "a probe, or the first segment");
    let (_, repeated) = time_to_send(&mut script);
    assert_eq!(repeated.len(), 1);
    script.wait(50 * MILLISECOND);
    let mut rounds = Vec::new();
    sent = script.acknowledge(1000, 65_000).len();
    for _ in 0..7 {
        rounds.push(sent);
        sent = round(&mut script, sent);
    }
    assert_eq!(rounds[..4], [2, 4, 8, 16]);
    assert!(
        rounds[5..].iter().all(|sent| (18..=24).contains(sent)),
        "{rounds:?}"
    );
}

/// Each acknowledgment of new data restarts the timer: at a round-trip time near the timeout, with data
/// that trickles, nothing is repeated.
#[test]
fn new_acknowledgments_restart_the_timeout() {
    let path = PathConfig {
        delay: 500 * MILLISECOND,
        ..PathConfig::default()
    };
    let mut world = World::new(path, path, 4);
    let (client, server) = world.establish(ConnectionConfig::default());
    let mut sink = Sink::new(1, server);
    let mut next = world.now;
    let mut position = 0;
    world.run_until(60 * SECOND, |world| {
        if world.now >= next {
            let bytes = &super::world::pattern(position)[..100];
            let transport = &mut world.hosts[0].transport;
            let written = transport.write(client, bytes, &waker());
            assert_eq!(written, Ok(Some(100)));
            position += 100;
            next = world.now + 100 * MILLISECOND;
        }
        sink.run(world).expect("the path works");
        false
    });
    let counters = world.hosts[0].transport.counters();
    assert_eq!((counters.timeouts, counters.retransmissions), (0, 0));
    assert!(sink.position > 5_000, "{}", sink.position);
}

/// The connection whose congestion window is known: all ten segments are in flight.
fn ten_in_flight(timestamps: bool) -> (Script, ConnectionId) {
    let mut script = Script::new();
    script.timestamp = timestamps.then_some(1);
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(if timestamps { 1012 } else { 1000 });
    syn.options.sack_permitted();
    let id = script.open_with(syn);
    script.timestamp = None;
    assert_eq!(script.write(id, &[1; 15_000]).len(), 10);
    (script, id)
}

/// An acknowledgment with a timestamp echo.
fn acknowledge_echo(script: &mut Script, count: u32, echo: u32) -> Vec<Answer> {
    script.ack = script.ack + count;
    let mut header = script.header(Flags::ACK);
    header.window = 65_000;
    header.options.timestamps(Timestamps { value: 2, echo });
    script.send(header, b"")
}

/// The tail loss probe is for the end of a burst. That its first segment alone would have been
/// acknowledged late does not count (RFC 8985, section 7.2).
#[test]
fn the_end_of_a_burst_is_probed_after_two_round_trips() {
    let (mut script, id) = Script::established();
    script.write(id, &[1; 100]);
    script.wait(MILLISECOND);
    script.acknowledge(100, 20_000);
    assert_eq!(script.write(id, &[2; 3000]).len(), 3);
    let (time, sent) = time_to_send(&mut script);
    assert!(time < 10 * MILLISECOND, "{time:?}");
    assert_eq!((sent.len(), sent[0].seq), (1, script.ack + 2000));
}

/// Acknowledgments are processed in batches, during which less is in flight than the window lets. What
/// counts at a loss is what was in flight before the batch: 0.7 of it remains.
#[test]
fn a_loss_in_a_batch_reduces_the_window_once() {
    let (mut script, id) = ten_in_flight(false);
    script.wait(20 * MILLISECOND);
    let mut header = script.header(Flags::ACK);
    header.window = 65_000;
    let start = script.ack;
    let mut receive = |header: &crate::net::tcp::segment::Header| {
        let mut bytes = alloc::vec![0; header.len()];
        header.write(&mut bytes);
        script.receive(&bytes);
    };
    // Five segments are acknowledged, the sixth is lost, and the next three are received.
    for count in 1..=5 {
        header.ack = start + count * 1000;
        receive(&header);
    }
    for count in 7..=9 {
        let mut header = header;
        header.options.sack(&[SackBlock {
            start: start + 6000,
            end: start + count * 1000,
        }]);
        receive(&header);
    }
    let sent = script.flush();
    assert_eq!(sent[0].seq, start + 5000);
    let new = data_len(&sent) as u32 - 1000;
    script.acknowledge(10_000 + new, 65_000);
    let _ = script.transport.write(id, &[1; 60_000], &waker());
    // Five acknowledgments have increased the window from 10 to 15 before: 0.7 of ten were in flight.
    let window = data_len(&script.flush());
    assert!((7000..8000).contains(&window), "{window}");
}

/// The acknowledgments were late, not the data: nothing more is repeated, and the window is what it was
/// (RFC 3522, RFC 4015).
#[test]
fn a_spurious_timeout_is_undone() {
    for is_spurious in [true, false] {
        let (mut script, id) = ten_in_flight(true);
        let end = script.ack + 10_000;
        let (_, repeated) = time_to_send(&mut script);
        assert_eq!(repeated.len(), 1);
        let second = repeated[0].timestamps.expect("they are used").value;
        let echo = if is_spurious { second - 1000 } else { second };
        let mut sent = acknowledge_echo(&mut script, 1000, echo);
        let _ = script.transport.write(id, &[1; 10_000], &waker());
        sent.extend(script.flush());
        if is_spurious {
            assert!(sent.iter().all(|segment| !segment.seq.is_before(end)));
            assert_eq!(9 + sent.len(), 11, "the window, which has grown by one");
        } else {
            assert!(sent.iter().all(|segment| segment.seq.is_before(end)));
            assert_eq!(sent.len(), 2, "slow start");
        }
    }
}

/// The path has become longer than the timeout, as behind a queue that fills. Each segment is repeated at first,
/// so that no segment is measured; the echoed timestamps show how long the way is.
#[test]
fn a_round_trip_that_exceeds_the_timeout_is_learnt() {
    for milliseconds in [400, 3000] {
        let mut script = Script::new();
        script.timestamp = Some(1);
        let id = script.open();
        script.timestamp = None;
        let mut repeated = Vec::new();
        for number in 0..8 {
            let sent = script.write(id, &[1; 100]);
            let value = sent[0].timestamps.expect("they are used").value;
            // Until then the path is short.
            let time = if number < 3 { 1 } else { milliseconds };
            repeated.push(script.wait(time * MILLISECOND).len());
            acknowledge_echo(&mut script, 100, value);
        }
        assert!(repeated[3] > 0, "{repeated:?}");
        assert_eq!(repeated[5..], [0, 0, 0], "{milliseconds} ms: {repeated:?}");
    }
}

/// An echo belongs to what the segment acknowledges in order. With a selective acknowledgment it may be of
/// before a long silence.
#[test]
fn the_echo_of_a_selective_acknowledgment_is_not_measured() {
    let (mut script, id) = ten_in_flight(true);
    acknowledge_echo(&mut script, 10_000, 0);
    acknowledge_echo(&mut script, 5_000, 0);
    script.wait(45 * SECOND);
    let sent = script.write(id, &[1; 3000]);
    assert_eq!(sent.len(), 3);
    let value = sent[0].timestamps.expect("they are used").value;
    script.wait(10 * MILLISECOND);
    let mut header = script.header(Flags::ACK);
    header.window = 65_000;
    header.options.timestamps(Timestamps {
        value: 3,
        echo: value - 45_000,
    });
    header.options.sack(&[SackBlock {
        start: script.ack + 2000,
        end: script.ack + 3000,
    }]);
    script.send(header, b"");
    let (time, _) = time_to_send(&mut script);
    assert!(time < SECOND, "{time:?}");
    acknowledge_echo(&mut script, 3000, value);
    script.write(id, &[2; 1000]);
    let (time, _) = time_to_send(&mut script);
    assert!(time < 5 * SECOND, "{time:?}");
}

/// Segments were reordered, not lost. The report that both transmissions have arrived comes after
/// recovery has ended, and undoes the reduction of the window (RFC 3708).
#[test]
fn a_late_report_of_a_duplicate_undoes_recovery() {
    let windows = [false, true].map(|is_reported| {
        let (mut script, id) = ten_in_flight(false);
        let start = script.ack;
        let block = |from, to| SackBlock {
            start: start + from,
            end: start + to,
        };
        let acknowledge = |script: &mut Script, block| {
            let mut header = script.header(Flags::ACK);
            header.window = 65_000;
            header.options.sack(&[block]);
            script.send(header, b"")
        };
        script.wait(20 * MILLISECOND);
        let mut sent = acknowledge(&mut script, block(1000, 10_000));
        sent.extend(script.wait(100 * MILLISECOND));
        assert!(sent.iter().any(|segment| segment.seq == start));
        let new = data_len(&sent) as u32 - 1000;
        script.acknowledge(10_000 + new, 65_000);
        if is_reported {
            acknowledge(&mut script, block(0, 1000));
        }
        // All is acknowledged: what is sent now is the window.
        let _ = script.transport.write(id, &[1; 30_000], &waker());
        data_len(&script.flush())
    });
    assert!(windows[0] < 10_000 && windows[1] >= 10_000, "{windows:?}");
}

/// Full segments that were received behind the lost one have shown that the path carries them. But they could have been
/// several small ones, so segments become smaller before the connection is given up.
#[test]
fn segments_stay_full_if_others_were_received() {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1460);
    syn.options.sack_permitted();
    let id = script.open_with(syn);
    script.write(id, &[1; 5840]);
    let mut header = script.header(Flags::ACK);
    header.options.sack(&[SackBlock {
        start: script.ack + 1460,
        end: script.ack + 5840,
    }]);
    script.send(header, b"");
    for length in [1460, 1460, 1460, 1240] {
        let (_, sent) = time_to_send(&mut script);
        assert_eq!(data_len(&sent), length);
    }
}

/// Small segments are sent for ten minutes, as large ones may be too large for the path. Then a full one is tried,
/// although the congestion window that timeouts have left is smaller: that grows first. The peer has no SACK.
#[test]
fn full_segments_are_tried_again_with_any_window() {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1460);
    let id = script.open_with(syn);
    script.write(id, &[1; 5000]);
    script.wait(500 * SECOND);
    script.acknowledge(5000, 20_000);
    let largest = |sent: &[Answer]| sent.iter().map(|sent| sent.data.len()).max();
    let mut sent = script.write(id, &[1; 5000]);
    while !sent.is_empty() {
        assert_eq!(largest(&sent), Some(512));
        sent = script.acknowledge(data_len(&sent) as u32, 20_000);
    }
    script.wait(150 * SECOND);
    sent = script.write(id, &[1; 5000]);
    while largest(&sent) < Some(1460) {
        sent = script.acknowledge(data_len(&sent) as u32, 20_000);
        let _ = script.transport.write(id, &[1; 10_000], &waker());
        sent.extend(script.flush());
        assert!(!sent.is_empty(), "nothing is sent");
    }
}

/// Segments that are not full are lost for another reason.
#[test]
fn timeouts_of_small_segments_do_not_make_others_smaller() {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1460);
    let id = script.open_with(syn);
    script.write(id, &[1; 500]);
    script.wait(60 * SECOND);
    script.acknowledge(500, 20_000);
    let sent = script.write(id, &[1; 1460]);
    assert_eq!(data_len(&sent), 1460);
}

/// The end of an answer, which is small, was received; its full segments are not.
#[test]
fn small_segments_that_were_received_say_nothing_about_full_ones() {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1460);
    syn.options.sack_permitted();
    let id = script.open_with(syn);
    script.write(id, &[1; 3000]);
    let mut header = script.header(Flags::ACK);
    header.options.sack(&[SackBlock {
        start: script.ack + 2920,
        end: script.ack + 3000,
    }]);
    script.send(header, b"");
    // The first is not sent by a timeout.
    for length in [1460, 1460, 1240, 984, 512, 512] {
        let (_, sent) = time_to_send(&mut script);
        assert_eq!(data_len(&sent), length);
    }
}
