//! Peers that attack, and networks that misbehave.

use super::{
    path::{Noise, PathConfig},
    wire::Script,
    world::{B, MEMORY, Outbox, PORT, PatternWriter, Sink, World, waker},
};
use crate::{
    net::{
        Error,
        ip::{Ecn, IcmpError, IcmpErrorKind, Packet, Protocol},
        tcp::{
            Budget,
            connection::State,
            listener::ConnectionConfig,
            options::{OptionBytes, SackBlock},
            segment::{Flags, Segment},
            seq::SeqNumber,
            transport::Transport,
        },
    },
    random::Random,
    time::Instant,
};
use alloc::{vec, vec::Vec};
use core::time::Duration;
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

/// RFC 5961, section 3.
#[test]
fn only_an_exact_reset_counts() {
    let (mut script, id) = Script::established();
    let mut reset = script.header(Flags::RST);
    reset.seq = script.seq + 100;
    let answers = script.send(reset, b"");
    assert_eq!(answers.len(), 1, "inside of the window: a challenge");
    assert_eq!(script.transport.state(id), State::Established);
    reset.seq = script.seq + 10_000_000;
    assert!(script.send(reset, b"").is_empty());
    reset.seq = script.seq;
    script.send(reset, b"");
    assert_eq!(script.transport.error(id), Some(Error::ConnectionReset));
}

/// Challenges are limited, answers to retransmissions are not.
#[test]
fn a_retransmission_is_always_acknowledged() {
    let (mut script, _) = Script::established();
    script.data(b"hello");
    let mut again = script.header(Flags::ACK | Flags::PSH);
    again.seq = script.seq - 5;
    for _ in 0..1000 {
        assert_eq!(script.send(again, b"hello").len(), 1);
    }
    let mut syn = script.header(Flags::SYN);
    syn.seq = script.seq + 3;
    let challenges: usize = (0..1000).map(|_| script.send(syn, b"").len()).sum();
    assert_eq!(challenges, 1);
}

/// Two sides that disagree about their numbers fall silent (RFC 5961 sends one challenge each).
#[test]
fn desynchronised_sides_fall_silent() {
    let (mut script, _) = Script::established();
    let mut wrong = script.header(Flags::ACK);
    wrong.seq = script.seq + 1_000_000_000;
    wrong.ack = script.ack + 1_000_000_000;
    let answers: usize = (0..100)
        .map(|_| {
            script.wait(Duration::from_millis(5));
            script.send(wrong, b"").len()
        })
        .sum();
    assert!(answers <= 6, "{answers}");
}

/// RFC 5961, section 5: an acknowledgment that is too old or of what was not sent is no data.
#[test]
fn data_with_an_impossible_acknowledgment_is_not_taken() {
    let (mut script, id) = Script::established();
    let mut header = script.header(Flags::ACK);
    header.ack = script.ack + 1;
    script.send(header, b"evil");
    header.ack = script.ack - 100_000;
    script.send(header, b"evil");
    assert_eq!(script.read(id).as_deref(), Ok(&b""[..]));
    // One that is a little old is.
    header.ack = script.ack - 10;
    script.send(header, b"good");
    assert_eq!(script.read(id).as_deref(), Ok(&b"good"[..]));
}

/// One byte out of order here and there on many connections does not take the pool.
#[test]
fn bytes_out_of_order_do_not_take_the_memory() {
    let mut script = Script::new();
    for number in 0..1000u16 {
        script.port = 1000 + number;
        script.seq = SeqNumber(1);
        script.open();
        for offset in (3..60_000u32).step_by(600) {
            let mut header = script.header(Flags::ACK);
            header.seq = script.seq + offset;
            script.send(header, b"x");
        }
    }
    let in_use = script.transport.pool().in_use();
    assert!(in_use <= MEMORY + 1000 * 4096, "{in_use}");
    // Another peer is served.
    script.port = 60_000;
    script.seq = SeqNumber(1);
    let id = script.open();
    script.data(b"hello");
    assert_eq!(script.read(id).as_deref(), Ok(&b"hello"[..]));
}

/// Data within a window that was offered is always kept, and the right edge never moves back.
#[test]
fn a_promised_window_is_kept() {
    let mut edges = Vec::new();
    let (mut script, id) = Script::established();
    let mut sent = 0u32;
    for _ in 0..2000 {
        let answers = script.data(&[7; 1000]);
        sent += 1000;
        for answer in answers {
            edges.push((answer.ack, answer.ack + (u32::from(answer.window))));
        }
    }
    assert!(edges.windows(2).all(|pair| !pair[1].1.is_before(pair[0].1)));
    let received = script.read(id).expect("it is open").len() as u32;
    assert!(received > 15_000 && received <= sent, "{received}");
}

/// What the SYN|ACK advertised is kept, even if others have committed the pool meanwhile.
#[test]
fn the_window_of_a_handshake_is_kept() {
    let mut script = Script::new();
    let answer = script.send(script.header(Flags::SYN), b"").remove(0);
    script.seq = script.seq + 1;
    script.ack = answer.seq + 1;
    let (window, first) = (u32::from(answer.window), script.port);
    assert!(window > 15_000, "{window}");
    let (seq, ack) = (script.seq, script.ack);
    for port in 1..2000 {
        script.port = port;
        script.seq = SeqNumber(1);
        let id = script.open();
        script.data(&[1; 30_000]);
        script.read(id).expect("it is open");
        script.flush();
    }
    (script.port, script.seq, script.ack) = (first, seq, ack);
    script.send(script.header(Flags::ACK), b"");
    let id = script
        .transport
        .accept(PORT, &waker())
        .expect("it is established");
    for _ in 0..window / 1000 {
        script.data(&[7; 1000]);
    }
    let received = script.read(id).expect("it is open").len() as u32;
    assert_eq!(received, window / 1000 * 1000);
}

/// An ICMP error counts only if what it quotes is in flight, and a smaller MTU is then used at once.
#[test]
fn a_path_with_a_smaller_mtu() {
    let (mut script, id) = Script::established();
    script
        .transport
        .write(id, &[1; 1000], &waker())
        .expect("it is open");
    assert_eq!(script.flush()[0].data.len(), 1000);
    let report = |script: &mut Script, seq: SeqNumber, mtu| {
        let mut header = script.port.to_be_bytes().to_vec();
        header.splice(..0, PORT.to_be_bytes());
        header.extend(seq.0.to_be_bytes());
        let error = IcmpError {
            kind: IcmpErrorKind::FragmentationNeeded { mtu },
            local: B.into(),
            remote: script.source.into(),
            protocol: Protocol::Tcp,
            payload: &header,
        };
        script.transport.on_icmp_error(script.now, &error);
    };
    let (forged, right) = (script.ack - 5000, script.ack);
    report(&mut script, forged, 600);
    assert!(script.flush().is_empty());
    report(&mut script, right, 640);
    let answers = script.flush();
    assert_eq!(answers[0].seq, script.ack);
    assert_eq!(answers[0].data.len(), 600, "{answers:?}");
}

/// A path that swallows large packets in silence is found out.
#[test]
fn a_black_hole_for_large_packets() {
    let path = PathConfig {
        mtu: 1000,
        ..PathConfig::default()
    };
    let mut world = World::new(path, PathConfig::default(), 5);
    let (client, server) = world.establish(ConnectionConfig::default());
    let mut source = PatternWriter::new(0, client, 100_000);
    let mut sink = Sink::new(1, server);
    let done = world.run_until(60 * SECOND, |world| {
        source.run(world).expect("the path works");
        sink.run(world).expect("the path works");
        sink.is_finished
    });
    assert!(done, "{sink:?}");
}

/// Duplicate acknowledgments do not put the timeout off (smoltcp #62).
#[test]
fn duplicate_acknowledgments_do_not_stop_the_timeout() {
    let (mut script, id) = Script::established();
    script
        .transport
        .write(id, &[1; 100], &waker())
        .expect("it is open");
    script.flush();
    let mut repeated = 0;
    for _ in 0..30 {
        repeated += script.wait(Duration::from_millis(100)).len();
        repeated += script.send(script.header(Flags::ACK), b"").len();
    }
    assert!(repeated >= 1);
}

/// Urgent data is data, with a mark (RFC 9293, section 3.8.5; RFC 6093).
#[test]
fn urgent_data_is_inline_and_marked() {
    let (mut script, id) = Script::established();
    let header = script.header(Flags::ACK);
    let mut bytes = vec![0; header.len()];
    header.write(&mut bytes);
    bytes[13] |= 0x20;
    bytes[18..20].copy_from_slice(&3u16.to_be_bytes());
    bytes.extend_from_slice(b"abcde");
    let packet = Packet {
        local: B.into(),
        remote: script.source.into(),
        class: Ecn::NotCapable.class(),
        payload: &bytes,
    };
    script
        .transport
        .input(script.now, &packet, &mut script.outbox);
    assert_eq!(script.transport.urgent(id), Some(3));
    assert_eq!(script.read(id).as_deref(), Ok(&b"abcde"[..]));
    assert_eq!(script.transport.urgent(id), None);
}

/// Blocks that make no sense are ignored.
#[test]
fn nonsense_in_selective_acknowledgments() {
    let (mut script, id) = Script::established();
    script
        .transport
        .write(id, &[1; 5000], &waker())
        .expect("it is open");
    script.flush();
    let mut noise = Noise::new(3);
    for _ in 0..1000 {
        let mut header = script.header(Flags::ACK);
        let mut options = OptionBytes::NONE;
        let edge =
            |noise: &mut Noise| script.ack + (noise.below(20_000) as u32).wrapping_sub(7_000);
        let blocks: Vec<_> = (0..4)
            .map(|_| SackBlock {
                start: edge(&mut noise),
                end: edge(&mut noise),
            })
            .collect();
        options.sack(&blocks);
        header.options = options;
        script.send(header, b"");
        script.transport.check();
    }
    assert_eq!(script.transport.error(id), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Any segments, near the connection's numbers, leave it whole: no panic, sums that equal a recount.
    #[test]
    fn any_segments(segments in proptest::collection::vec(
        (any::<u8>(), -3000..70_000i64, -70_000..3000i64, any::<u16>(), 0..1500usize, proptest::collection::vec(any::<u8>(), 0..12)), 1..80,
    )) {
        let (mut script, id) = Script::established();
        let (seq, ack) = (script.seq, script.ack);
        for (flags, at, acknowledged, window, length, options) in segments {
            let _ = script.transport.write(id, &[5; 700], &waker());
            let mut header = script.header(Flags::ACK);
            header.seq = seq + at as u32;
            header.ack = ack + acknowledged as u32;
            header.window = window;
            let mut bytes = vec![0; header.len()];
            header.write(&mut bytes);
            bytes[13] = flags;
            let words = options.len().div_ceil(4);
            bytes[12] = ((5 + words) << 4) as u8;
            bytes.extend_from_slice(&options);
            bytes.resize(20 + words * 4 + length, 0x55);
            let packet = Packet { local: B.into(), remote: script.source.into(), class: Ecn::NotCapable.class(), payload: &bytes };
            script.transport.input(script.now, &packet, &mut script.outbox);
            script.flush();
            script.transport.check();
            let _ = script.read(id);
            script.wait(Duration::from_millis(30));
            script.transport.check();
        }
        script.transport.release(id, script.now);
        script.flush();
        script.wait(2000 * SECOND);
        prop_assert_eq!(script.transport.population(), (0, 0, 0));
        prop_assert_eq!(script.transport.pool().in_use(), 0);
        prop_assert_eq!(script.transport.pool().committed(), 0);
    }

    #[test]
    fn any_bytes(packets in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 0..50)) {
        let mut transport = Transport::new(1500, Budget::new(MEMORY), Random::from_seed([4; 32]));
        transport.listen(PORT, ConnectionConfig::default(), None).expect("the port is free");
        let mut outbox = Outbox::default();
        for mut bytes in packets {
            if bytes.len() > 4 {
                bytes[2..4].copy_from_slice(&PORT.to_be_bytes());
            }
            let packet = Packet { local: B.into(), remote: B.into(), class: Ecn::NotCapable.class(), payload: &bytes };
            transport.input(Instant::BOOT, &packet, &mut outbox);
        }
        for sent in outbox.0 {
            prop_assert!(Segment::parse(&sent.payload).is_some());
        }
    }
}

/// Two ends that have lost track of each other would otherwise answer each other forever (RFC 5961, section
/// 7).
#[test]
fn acknowledgments_of_nothing_are_not_all_answered() {
    let mut script = Script::new();
    script.timestamp = Some(1000);
    script.open();
    for (timestamp, before) in [(1000, 1), (10, 0)] {
        script.timestamp = Some(timestamp);
        let mut answers = 0;
        for _ in 0..1000 {
            let mut header = script.header(Flags::ACK);
            header.seq = header.seq - before;
            answers += script.send(header, &[]).len();
        }
        assert!(answers <= 1, "{answers}");
        script.now = script.now + Duration::from_secs(1);
    }
}
