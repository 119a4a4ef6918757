//! Handshakes.

use super::{
    path::PathConfig,
    wire::Script,
    world::{B, PORT, World, waker},
};
use crate::net::{
    Error,
    tcp::{
        connection::State, listener::ConnectionConfig, options::Timestamps, segment::Flags,
        seq::SeqNumber,
    },
};
use core::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_connection_is_opened_in_one_round_trip() {
    let path = PathConfig {
        delay: Duration::from_millis(10),
        ..PathConfig::default()
    };
    let mut world = World::new(path, path, 1);
    let client = world.connect(ConnectionConfig::default());
    let start = world.now;
    world.run_until(SECOND, |world| {
        world.hosts[0].transport.state(client) == State::Established
    });
    assert!(world.now - start < Duration::from_millis(21));
}

#[test]
fn both_sides_may_open_at_once() {
    let mut world = World::new(PathConfig::default(), PathConfig::default(), 1);
    // Each side connects from a port that the other connects to.
    let a = world.connect(ConnectionConfig::default());
    world.hosts[1].transport.stop_listening(PORT, world.now);
    let (from, _) = world.hosts[0].transport.addresses(a).expect("it is there");
    let address = world.hosts[1].address;
    let b = world.hosts[1]
        .transport
        .connect_from(world.now, address, PORT, from, &ConnectionConfig::default())
        .expect("the port is free");
    let established = world.run_until(SECOND, |world| {
        world.hosts[0].transport.state(a) == State::Established
            && world.hosts[1].transport.state(b) == State::Established
    });
    assert!(established);
}

#[test]
fn a_closed_port_refuses() {
    let mut world = World::new(PathConfig::default(), PathConfig::default(), 1);
    let address = world.hosts[0].address;
    let remote = SocketAddr::new(B.into(), 81);
    let transport = &mut world.hosts[0].transport;
    let id = transport
        .connect(world.now, address, remote, &ConnectionConfig::default())
        .expect("a port is free");
    world.run_until(SECOND, |world| {
        world.hosts[0].transport.state(id) == State::Closed
    });
    assert_eq!(
        world.hosts[0].transport.error(id),
        Some(Error::ConnectionRefused)
    );
}

/// The numbers of a reset are those that the peer of no connection expects (RFC 9293, section 3.10.7.1).
/// A reset is not answered.
#[test]
fn a_segment_without_a_connection_is_reset() {
    let mut script = Script::new();
    script.transport.stop_listening(PORT, script.now);
    script.ack = SeqNumber(77);
    let reset = script.send(script.header(Flags::ACK), b"hello").remove(0);
    assert_eq!((reset.flags, reset.seq), (Flags::RST, SeqNumber(77)));
    for (flags, length) in [(Flags::SYN, 1), (Flags::FIN, 6), (Flags::PSH, 5)] {
        let data = if flags == Flags::SYN {
            &b""[..]
        } else {
            b"hello"
        };
        let reset = script.send(script.header(flags), data).remove(0);
        assert_eq!(reset.flags, Flags::RST | Flags::ACK);
        assert_eq!((reset.seq, reset.ack), (SeqNumber(0), script.seq + length));
    }
    for flags in [Flags::RST, Flags::RST | Flags::ACK] {
        assert!(script.send(script.header(flags), b"").is_empty());
    }
}

/// In SYN-RECEIVED, an acknowledgment of something else is reset, and the handshake goes on.
#[test]
fn a_wrong_acknowledgment_of_a_handshake_is_reset() {
    let mut script = Script::new();
    let answer = script.send(script.header(Flags::SYN), b"").remove(0);
    script.seq = script.seq + 1;
    for wrong in [answer.seq, answer.seq + 2] {
        script.ack = wrong;
        let reset = script.send(script.header(Flags::ACK), b"").remove(0);
        assert_eq!((reset.flags, reset.seq), (Flags::RST, wrong));
    }
    script.ack = answer.seq + 1;
    script.send(script.header(Flags::ACK), b"");
    assert!(script.transport.accept(PORT, &waker()).is_some());
}

#[test]
fn the_peer_does_not_answer() {
    let dead = PathConfig {
        dies_at: Some(Duration::ZERO),
        ..PathConfig::default()
    };
    let mut world = World::new(dead, dead, 1);
    world.captures = true;
    let id = world.connect(ConnectionConfig::default());
    let start = world.now;
    let ended = world.run_until(200 * SECOND, |world| {
        world.hosts[0].transport.state(id) == State::Closed
    });
    assert!(ended);
    assert_eq!(world.hosts[0].transport.error(id), Some(Error::TimedOut));
    assert!((180..190).contains(&(world.now - start).as_secs()));
    // The first one, and seven more, up to a minute apart.
    assert_eq!(world.captured.len(), 8);
}

/// A rebooted peer opens a connection with the ports of one that we still have: a challenge ACK makes it
/// reset the old one, and its next SYN is answered.
#[test]
fn a_rebooted_peer_opens_a_new_connection_at_once() {
    let (mut script, id) = Script::established();
    let old = script.ack;
    script.seq = SeqNumber(5_000);
    let answers = script.send(script.header(Flags::SYN), b"");
    assert_eq!(answers.len(), 1, "a challenge");
    assert_eq!((answers[0].flags, answers[0].seq), (Flags::ACK, old));
    let mut reset = script.header(Flags::RST);
    reset.seq = answers[0].ack;
    script.send(reset, b"");
    assert_eq!(script.transport.error(id), Some(Error::ConnectionReset));
    script.seq = SeqNumber(5_000);
    script.open();
}

/// A connection in SYN-RECEIVED that the peer opened is gone after a reset, and the port listens; one
/// that this side opened is refused.
#[test]
fn a_reset_of_a_handshake_depends_on_who_has_begun_it() {
    let mut script = Script::new();
    script.send(script.header(Flags::SYN), b"");
    script.seq = script.seq + 1;
    assert_eq!(script.transport.population(), (0, 1, 0));
    assert!(script.send(script.header(Flags::RST), b"").is_empty());
    assert_eq!(script.transport.population(), (0, 0, 0));
    script.open();

    script.port += 1;
    let (now, remote) = (
        script.now,
        SocketAddr::new(script.source.into(), script.port),
    );
    let config = ConnectionConfig::default();
    let id = script
        .transport
        .connect_from(now, B.into(), PORT, remote, &config)
        .expect("it is free");
    script.flush();
    let answer = script.send(script.header(Flags::SYN), b"").remove(0);
    assert_eq!(answer.flags, Flags::SYN | Flags::ACK);
    assert_eq!(script.transport.state(id), State::SynReceived);
    script.seq = script.seq + 1;
    script.send(script.header(Flags::RST), b"");
    let error = script.transport.error(id);
    assert_eq!(error, Some(Error::ConnectionRefused));
}

#[test]
fn syn_and_ack_are_repeated_and_given_up() {
    let mut script = Script::new();
    script.send(script.header(Flags::SYN), b"");
    let answers = script.wait(100 * SECOND);
    assert_eq!(answers.len(), 5);
    assert!(answers.iter().all(|it| it.flags == Flags::SYN | Flags::ACK));
    assert_eq!(script.transport.population(), (0, 0, 0));
    assert_eq!(script.transport.counters().half_open_expired, 1);
}

/// A flood of forged SYNs fills the SYN queue; a client is then served by a cookie, with scale and SACK,
/// and memory stays what it was.
#[test]
fn a_flood_of_syns_does_not_keep_a_client_out() {
    let mut script = Script::new();
    for number in 0..100_000u32 {
        script.source = Ipv4Addr::from(0x0b00_0000 + number);
        script.seq = SeqNumber(number);
        let answers = script.send(script.header(Flags::SYN), b"");
        assert_eq!(answers.len(), 1, "each may be a client");
    }
    let (connections, half_open, _) = script.transport.population();
    assert_eq!((connections, half_open), (0, 1024));
    script.source = Ipv4Addr::new(10, 0, 0, 1);
    script.timestamp = Some(77);
    script.seq = SeqNumber(1);
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1460);
    syn.options.window_scale(7);
    syn.options.sack_permitted();
    let answer = script.send(syn, b"").remove(0);
    assert!(answer.has_scale);
    let echo = answer.timestamps.expect("timestamps are used").value;
    script.seq = script.seq + 1;
    script.ack = answer.seq + 1;
    let mut header = script.header(Flags::ACK);
    header.options.timestamps(Timestamps { value: 78, echo });
    script.timestamp = None;
    script.send(header, b"hello");
    let id = script
        .transport
        .accept(PORT, &waker())
        .expect("it is established");
    assert_eq!(script.read(id).as_deref(), Ok(&b"hello"[..]));
    assert_eq!(script.transport.counters().cookies_accepted, 1);
}

/// Without an overflow on the port, an acknowledgment out of nowhere is no cookie, however good it is.
#[test]
fn cookies_are_taken_only_after_an_overflow() {
    let mut script = Script::new();
    let answers = script.send(script.header(Flags::ACK), b"");
    assert_eq!(answers[0].flags, Flags::RST);
}

/// What is not accepted waits; beyond the limit, peers try again.
#[test]
fn a_full_accept_queue_lets_peers_wait() {
    let mut script = Script::new();
    let answers: std::vec::Vec<_> = (0..300)
        .map(|port| {
            script.port = 10_000 + port;
            script.seq = SeqNumber(1);
            script.send(script.header(Flags::SYN), b"").remove(0)
        })
        .collect();
    script.seq = script.seq + 1;
    for (port, answer) in answers.iter().enumerate() {
        script.port = 10_000 + port as u16;
        script.ack = answer.seq + 1;
        script.send(script.header(Flags::ACK), b"");
    }
    // A SYN is not answered meanwhile.
    script.port = 9000;
    assert!(script.send(script.header(Flags::SYN), b"").is_empty());
    script.port = 10_299;
    let (connections, half_open, _) = script.transport.population();
    assert_eq!((connections, half_open), (256, 44));
    assert!(script.transport.accept(PORT, &waker()).is_some());
    script.send(script.header(Flags::ACK), b"");
    assert_eq!(script.transport.population().0, 257);
}

#[test]
fn the_window_of_a_syn_is_not_scaled() {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.window = 500;
    syn.options.window_scale(7);
    let answer = script.send(syn, b"").remove(0);
    script.seq = script.seq + 1;
    script.ack = answer.seq + 1;
    let mut header = script.header(Flags::ACK);
    header.window = 2;
    script.send(header, b"");
    let id = script
        .transport
        .accept(PORT, &waker())
        .expect("it is established");
    let written = script.transport.write(id, &[7; 1000], &waker());
    assert_eq!(written, Ok(Some(1000)));
    let sent: usize = script.flush().iter().map(|answer| answer.data.len()).sum();
    assert_eq!(sent, 256, "the window is 2 << 7");
}

/// A peer on a link with jumbo frames: our segments still fit into ours.
#[test]
fn the_segments_of_both_kinds_of_connections_fit_into_the_link() {
    let mut script = Script::new();
    let remote = SocketAddr::new(script.source.into(), script.port);
    let config = ConnectionConfig::default();
    let id = script
        .transport
        .connect_from(script.now, B.into(), PORT, remote, &config)
        .expect("it is free");
    let syn = script.flush().remove(0);
    script.ack = syn.seq + 1;
    let mut answer = script.header(Flags::SYN | Flags::ACK);
    answer.options.mss(8960);
    script.send(answer, b"");
    script.seq = script.seq + 1;
    let written = script.transport.write(id, &[7; 5000], &waker());
    assert_eq!(written, Ok(Some(5000)));
    assert_eq!(script.flush()[0].data.len(), 1460);
}
