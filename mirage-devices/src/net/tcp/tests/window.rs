//! Windows, probes of closed ones, and silly ones (RFC 9293, section 3.8.6).

use super::{
    path::PathConfig,
    wire::{Answer, Script, data_len},
    world::{PORT, PatternWriter, Sink, World, waker},
};
use crate::net::{
    Error,
    tcp::{
        ConnectionId, listener::ConnectionConfig, receiver::INITIAL_WINDOW, segment::Flags,
        seq::SeqNumber,
    },
};
use alloc::vec::Vec;
use core::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// The peer sends until our window is closed, while nothing is read.
pub fn fill(script: &mut Script) {
    for _ in 0..1000 {
        for answer in script.data(&[7; 1000]) {
            script.seq = script.seq.min(answer.ack);
            if answer.window == 0 {
                script.seq = answer.ack;
                return;
            }
        }
    }
    panic!("the window is never closed");
}

/// When others have taken the whole pool, small requests never find the window closed.
#[test]
fn a_window_without_a_pool_opens_again() {
    let mut script = Script::with_budget(0);
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1460);
    let id = script.open_with(syn);
    let mut edge = script.seq + 2048;
    for _ in 0..1000 {
        let mut answers = script.data(&[7; 27]);
        let read = script.transport.try_read(script.now, id, &mut [0; 64]);
        assert_eq!(read, Ok(Some(27)));
        answers.extend(script.wait(Duration::from_millis(50)));
        for answer in answers {
            edge = edge.max(answer.ack + u32::from(answer.window));
        }
        assert!(!(script.seq + 27).is_after(edge), "{edge:?}");
    }
}

/// A window of 2^15 bytes is not negative, and one of 2^29, scaled, is used beyond 2^16.
#[test]
fn windows_are_unsigned_and_large() {
    for (scale, expected) in [(0, 32_000), (14, 100_000)] {
        let mut script = Script::new();
        let mut syn = script.header(Flags::SYN);
        syn.options.mss(1000);
        syn.options.window_scale(scale);
        let id = script.open_with(syn);
        let mut sent = 0;
        for _ in 0..6 {
            sent = data_len(&script.acknowledge(sent as u32, 0x8000));
            let _ = script.transport.write(id, &[7; 300_000], &waker());
            sent += data_len(&script.flush());
            // What is paced.
            sent += data_len(&script.wait(Duration::from_millis(1)));
        }
        assert!(
            sent >= expected && (scale > 0 || sent == expected),
            "{sent}"
        );
    }
}

#[test]
fn full_segments_are_sent_and_only_the_last_is_pushed() {
    let (mut script, id) = Script::established();
    for _ in 0..10 {
        let written = script.transport.write(id, &[7; 250], &waker());
        assert_eq!(written, Ok(Some(250)));
    }
    let sent = script.flush();
    let sizes: Vec<_> = sent.iter().map(|segment| segment.data.len()).collect();
    assert_eq!(sizes, [1000, 1000, 500]);
    let pushed: Vec<_> = sent
        .iter()
        .map(|segment| segment.flags.contains(Flags::PSH))
        .collect();
    assert_eq!(pushed, [false, false, true]);
}

/// The right edge moves left, beyond what was sent: nothing new is sent, old data is repeated.
#[test]
fn a_window_that_shrinks_stops_new_data_only() {
    let (mut script, id) = Script::established();
    assert_eq!(data_len(&script.write(id, &[7; 8000])), 8000);
    let first = script.ack + 1000;
    let end = script.ack + 8000;
    assert!(script.acknowledge(1000, 2000).is_empty());
    assert!(script.write(id, &[8; 5000]).is_empty());
    let repeated = script.wait(10 * SECOND);
    assert!(repeated.iter().any(|segment| segment.seq == first));
    let is_old = |segment: &Answer| !(segment.seq + segment.data.len() as u32).is_after(end);
    assert!(repeated.iter().all(is_old), "{repeated:?}");
    script.transport.check();
    assert!(data_len(&script.acknowledge(7000, 20_000)) >= 1000);
}

/// The window is closed over data in flight. The peer answers, so the connection lasts.
#[test]
fn data_beyond_the_edge_does_not_time_out() {
    let (mut script, id) = Script::established();
    assert_eq!(data_len(&script.write(id, &[7; 3000])), 3000);
    script.acknowledge(0, 0);
    let mut repeated = 0;
    for _ in 0..40 * 60 {
        for _ in script.wait(SECOND) {
            repeated += 1;
            script.acknowledge(0, 0);
        }
    }
    assert_eq!(script.transport.error(id), None);
    assert!((35..120).contains(&repeated), "{repeated}");
    let mut sent = data_len(&script.acknowledge(0, 20_000));
    sent += data_len(&script.wait(200 * SECOND));
    assert!(sent >= 1000, "{sent}");
}

/// The first probe after a timeout, and each later one after twice the time, up to a minute.
#[test]
fn probes_of_a_closed_window_back_off() {
    let (mut script, id) = Script::established();
    script.acknowledge(0, 0);
    assert!(script.write(id, &[7; 100]).is_empty());
    let mut last = script.now;
    let mut gaps = Vec::new();
    while gaps.len() < 9 {
        for probe in script.wait(Duration::from_millis(10)) {
            assert_eq!((probe.seq, probe.data.len()), (script.ack, 1));
            script.acknowledge(0, 0);
            gaps.push((script.now - last).as_secs_f64().round() as u32);
            last = script.now;
        }
    }
    assert_eq!(gaps, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
}

/// The update that opens the window is lost: the answer to the next probe has the window too.
#[test]
fn a_lost_window_update_is_replaced_by_the_answer_to_a_probe() {
    let (mut script, id) = Script::established();
    script.acknowledge(0, 0);
    assert!(script.write(id, &[7; 100]).is_empty());
    assert_eq!(script.wait(2 * SECOND).len(), 1);
    // The peer has dropped the byte of the probe.
    assert_eq!(data_len(&script.acknowledge(0, 1000)), 100);
}

/// Probes with a byte, with an old byte, and without one.
#[test]
fn probes_of_our_closed_window_are_answered() {
    let (mut script, id) = Script::established();
    fill(&mut script);
    let mut probe = script.header(Flags::ACK);
    for (seq, data) in [
        (script.seq, &b"x"[..]),
        (script.seq - 1, b"x"),
        (script.seq - 1, b""),
    ] {
        probe.seq = seq;
        for _ in 0..100 {
            script.now = script.now + Duration::from_millis(200);
            let answers = script.send(probe, data);
            assert_eq!(answers.len(), 1, "{seq:?} {data:?}");
            assert_eq!((answers[0].ack, answers[0].window), (script.seq, 0));
        }
    }
    let unread = script.read(id).expect("it is open");
    assert!(unread.iter().all(|byte| *byte == 7), "no probe was taken");
}

/// With a closed window, what has no data is still processed.
#[test]
fn a_closed_window_lets_acknowledgments_and_resets_in() {
    let (mut script, id) = Script::established();
    fill(&mut script);
    assert_eq!(data_len(&script.write(id, &[7; 100])), 100);
    assert!(!script.transport.is_flushed(id, &waker()));
    script.acknowledge(100, 20_000);
    assert!(script.transport.is_flushed(id, &waker()));
    script.send(script.header(Flags::RST), b"");
    assert_eq!(script.transport.state(id), crate::net::tcp::State::Closed);
    script.read(id).expect("what came before can be read");
    assert_eq!(script.read(id), Err(Error::ConnectionReset));
}

/// A window that is a small part of the largest one waits to grow, but not for ever.
#[test]
fn a_small_part_of_a_window_is_used_after_a_timeout() {
    let (mut script, id) = Script::established();
    script.acknowledge(0, 400);
    assert!(script.write(id, &[7; 5000]).is_empty());
    let sent = script.wait(2 * SECOND);
    assert_eq!(data_len(&sent), 400, "{sent:?}");
    // It is acknowledged, and the window is as small again.
    assert!(script.acknowledge(400, 400).is_empty());
    assert_eq!(data_len(&script.wait(4 * SECOND)), 400);
    // A full segment needs no timeout.
    assert_eq!(data_len(&script.acknowledge(400, 1100)), 1000);
}

/// Half of the largest window that the peer ever offered is enough.
#[test]
fn half_of_the_largest_window_is_used_at_once() {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1000);
    syn.window = 900;
    let answer = script.send(syn, b"").remove(0);
    script.seq = script.seq + 1;
    script.ack = answer.seq;
    script.acknowledge(1, 900);
    let id = script.transport.accept(PORT, &waker()).expect("it is open");
    assert_eq!(data_len(&script.write(id, &[7; 5000])), 900);
    assert_eq!(data_len(&script.acknowledge(900, 450)), 450);
    assert_eq!(data_len(&script.acknowledge(450, 449)), 0);
}

/// The window opens in steps of two segments, however little is read at a time.
#[test]
fn a_small_part_of_a_window_is_not_offered() {
    let (mut script, id) = Script::established();
    fill(&mut script);
    let mut edges: Vec<SeqNumber> = Vec::new();
    let mut bytes = [0; 100];
    for _ in 0..150 {
        let now = script.now;
        let count = script.transport.read(now, id, &mut bytes, &waker());
        assert_eq!(count, Ok(Some(100)));
        for update in script.flush() {
            edges.push(update.ack + u32::from(update.window));
        }
    }
    assert!((2..=10).contains(&edges.len()), "{edges:?}");
    assert!(edges.windows(2).all(|pair| pair[1] - pair[0] >= 2000));
    assert!(edges[0] - script.seq >= 1000, "a full segment");
}

/// All segments of a window but the first arrive, and the first one last.
#[test]
fn the_first_segment_of_a_window_may_come_last() {
    let (mut script, id): (Script, ConnectionId) = Script::established();
    let window = u32::from(script.data(&[7; 2000])[0].window);
    assert!(window > 10_000, "{window}");
    for offset in (1000..window - 1000).step_by(1000).rev() {
        let mut header = script.header(Flags::ACK);
        header.seq = script.seq + offset;
        script.send(header, &[7; 1000]);
    }
    assert_eq!(script.read(id).map(|bytes| bytes.len()), Ok(2000));
    script.data(&[7; 1000]);
    let received = script.read(id).expect("it is open").len() as u32;
    assert_eq!(received, (window - 1) / 1000 * 1000);
}

/// The first windows do not slow a peer in slow start down, whichever side has opened the connection: a mebibyte
/// takes seven flights of 10, 20, 40 segments and so on. The side that has opened it knows the round-trip time,
/// so its window grows at the end of each, and it may take one more.
#[test]
fn the_window_grows_with_the_first_flights() {
    const LENGTH: u64 = 1 << 20;
    const ROUND_TRIP: Duration = Duration::from_millis(20);
    // The path carries 100 MB/s.
    const TRANSMISSION: Duration = Duration::from_nanos(LENGTH * 10);
    let path = PathConfig {
        delay: ROUND_TRIP / 2,
        ..PathConfig::default()
    };
    for (sender, receiver, round_trips) in [(0, 1, 7), (1, 0, 8)] {
        let mut world = World::new(path, path, 1);
        let (client, server) = world.establish(ConnectionConfig::default());
        let ids = [client, server];
        let mut source = PatternWriter::new(sender, ids[sender], LENGTH);
        let mut sink = Sink::new(receiver, ids[receiver]);
        let start = world.now;
        world.run_until(SECOND, |world| {
            source.run(world).expect("the path works");
            sink.run(world).expect("the path works");
            sink.is_finished
        });
        let time = world.now - start;
        assert!(time < round_trips * ROUND_TRIP + TRANSMISSION, "{time:?}");
    }
}

/// Connections that have carried small requests leave the pool of a machine of 64 MiB to others.
#[test]
fn a_thousand_idle_connections_leave_full_windows_to_others() {
    let mut script = Script::with_budget(15 << 20);
    for _ in 0..1000 {
        script.port += 1;
        let id = script.open();
        for _ in 0..3 {
            script.data(&[7; 300]);
            assert_eq!(script.read(id).map(|data| data.len()), Ok(300));
            assert_eq!(data_len(&script.write(id, &[7; 300])), 300);
            script.acknowledge(300, 5000);
            script.now = script.now + SECOND;
        }
    }
    script.port += 1;
    let answer = script.send(script.header(Flags::SYN), b"").remove(0);
    assert_eq!(u32::from(answer.window), INITIAL_WINDOW);
    script.port += 1;
    let id = script.open();
    script.data(&[7; 300]);
    assert_eq!(script.read(id).map(|data| data.len()), Ok(300));
    let window = u32::from(script.write(id, &[7; 300])[0].window);
    assert!(window >= INITIAL_WINDOW - 300, "{window}");
    // Much data makes it grow.
    for _ in 0..10 {
        script.data(&[7; 1000]);
    }
    assert_eq!(script.read(id).map(|data| data.len()), Ok(10_000));
    let window = u32::from(script.flush()[0].window);
    assert!(window > INITIAL_WINDOW, "{window}");
}
