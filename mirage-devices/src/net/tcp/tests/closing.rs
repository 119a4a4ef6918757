//! The ends of connections.

use super::{
    path::PathConfig,
    wire::{Script, data_len},
    world::{PatternWriter, Sink, World, waker},
};
use crate::net::{
    Error,
    tcp::{connection::State, listener::ConnectionConfig, segment::Flags, time_wait},
};
use core::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Whichever segment of a connection is lost, both sides close it.
#[test]
fn any_segment_may_be_lost() {
    for lost in 0..14 {
        let mut world = World::new(PathConfig::default(), PathConfig::default(), lost);
        let config = ConnectionConfig::default();
        let client = world.connect(config);
        let mut server = None;
        let mut source = PatternWriter::new(0, client, 3000);
        let mut sink = Sink::new(0, client);
        world.lose_next(lost);
        let done = world.run_until(100 * SECOND, |world| {
            if server.is_none() {
                server = world
                    .accept()
                    .map(|id| (PatternWriter::new(1, id, 3000), Sink::new(1, id)));
            }
            let mut failed = source.run(world).is_err() || sink.run(world).is_err();
            let Some((source, server_sink)) = &mut server else {
                return failed;
            };
            failed |= server_sink.run(world).is_err() || source.run(world).is_err();
            assert!(!failed);
            server_sink.is_finished && sink.is_finished
        });
        assert!(done, "lost {lost}");
        let now = world.now;
        world.hosts[0].transport.release(client, now);
        if let Some((source, _)) = &server {
            world.hosts[1].transport.release(source.id, now);
        }
        world.run_until(200 * SECOND, |_| false);
        for host in &world.hosts {
            assert_eq!(host.transport.population(), (0, 0, 0), "lost {lost}");
        }
    }
}

#[test]
fn both_sides_may_close_at_once() {
    let mut world = World::new(PathConfig::default(), PathConfig::default(), 3);
    let (client, server) = world.establish(ConnectionConfig::default());
    world.hosts[0].transport.shutdown(client);
    world.hosts[1].transport.shutdown(server);
    world.run_until(SECOND, |_| false);
    assert_eq!(world.hosts[0].transport.state(client), State::TimeWait);
    assert_eq!(world.hosts[1].transport.state(server), State::TimeWait);
    let now = world.now;
    world.hosts[0].transport.release(client, now);
    world.hosts[1].transport.release(server, now);
    assert_eq!(world.hosts[0].transport.population(), (0, 0, 1));
    world.run_until(time_wait::DURATION + 2 * SECOND, |_| false);
    assert_eq!(world.hosts[0].transport.population(), (0, 0, 0));
    assert_eq!(world.hosts[1].transport.population(), (0, 0, 0));
}

/// The states after this side has closed first (RFC 9293, section 3.3.2). The peer acknowledges the FIN
/// and sends its own in any order.
#[test]
fn closing_first_follows_the_state_diagram() {
    use State::{Closing, FinWait1, FinWait2, TimeWait};
    // For each segment: whether it acknowledges the FIN, whether it has one, and the state after it.
    let orders: [&[(bool, bool, State)]; 4] = [
        &[(true, false, FinWait2), (true, true, TimeWait)],
        &[(false, true, Closing), (true, false, TimeWait)],
        &[(true, true, TimeWait)],
        &[(false, false, FinWait1), (true, false, FinWait2)],
    ];
    for order in orders {
        let (mut script, id) = Script::established();
        script.transport.shutdown(id);
        let fin = script.flush().remove(0);
        assert_eq!(fin.flags, Flags::FIN | Flags::ACK);
        assert_eq!(script.transport.state(id), FinWait1);
        for &(acknowledges, has_fin, state) in order {
            script.ack = fin.seq + u32::from(acknowledges);
            let flags = if has_fin { Flags::FIN } else { Flags::ACK };
            let answers = script.send(script.header(flags | Flags::ACK), b"");
            script.seq = script.seq + u32::from(has_fin);
            assert_eq!(script.transport.state(id), state, "{order:?}");
            let acknowledged = answers
                .iter()
                .map(|answer| answer.ack)
                .max_by_key(|ack| ack.0);
            assert_eq!(acknowledged, has_fin.then_some(script.seq), "{order:?}");
        }
    }
}

/// After our FIN, the peer may still send for as long as it wants.
#[test]
fn data_is_received_after_our_half_is_closed() {
    let (mut script, id) = Script::established();
    script.transport.shutdown(id);
    script.flush();
    script.ack = script.ack + 1;
    for _ in 0..10 {
        script.data(b"more");
        assert_eq!(script.read(id).as_deref(), Ok(&b"more"[..]));
        script.wait(100 * SECOND);
    }
    assert_eq!(script.transport.state(id), State::FinWait2);
    let written = script.transport.write(id, b"x", &waker());
    assert_eq!(written, Err(Error::BrokenPipe));
}

/// A half that is closed leaves the other one open.
#[test]
fn a_half_is_closed() {
    let (mut script, id) = Script::established();
    let fin = script.header(Flags::FIN | Flags::ACK);
    script.send(fin, b"bye");
    script.seq = script.seq + 4;
    assert_eq!(script.transport.state(id), State::CloseWait);
    assert_eq!(script.read(id).as_deref(), Ok(&b"bye"[..]));
    assert_eq!(script.read(id).as_deref(), Ok(&b""[..]));
    assert_eq!(script.transport.write(id, b"more", &waker()), Ok(Some(4)));
    assert_eq!(script.flush()[0].data, b"more");
    script.ack = script.ack + 4;
    script.transport.shutdown(id);
    assert!(script.flush()[0].flags.contains(Flags::FIN));
    assert_eq!(script.transport.state(id), State::LastAck);
    script.ack = script.ack + 1;
    script.send(script.header(Flags::ACK), b"");
    assert_eq!(script.transport.state(id), State::Closed);
    assert_eq!(script.transport.error(id), None);
}

/// A FIN beyond the window is not the end of the stream.
#[test]
fn a_fin_behind_lost_data_does_not_cut_the_stream() {
    let (mut script, id) = Script::established();
    let mut fin = script.header(Flags::FIN | Flags::ACK);
    fin.seq = script.seq + 5;
    script.send(fin, b"");
    assert_eq!(script.read(id).as_deref(), Ok(&b""[..]));
    assert_eq!(script.transport.state(id), State::Established);
    let mut far = script.header(Flags::FIN | Flags::ACK);
    far.seq = script.seq + 1_000_000;
    script.send(far, b"");
    script.data(b"hello");
    assert_eq!(script.read(id).as_deref(), Ok(&b"hello"[..]));
    assert_eq!(script.transport.state(id), State::CloseWait);
}

/// Data for a released connection is answered with a reset.
#[test]
fn data_after_the_end_is_refused() {
    let (mut script, id) = Script::established();
    script.transport.release(id, script.now);
    assert!(script.flush()[0].flags.contains(Flags::FIN));
    let answers = script.data(b"hello");
    assert!(
        answers.iter().any(|it| it.flags.contains(Flags::RST)),
        "{answers:?}"
    );
    assert_eq!(script.transport.population(), (0, 0, 0));
}

#[test]
fn unread_data_makes_the_end_a_reset() {
    let (mut script, id) = Script::established();
    script.data(b"hello");
    script.transport.release(id, script.now);
    let answers = script.flush();
    assert!(
        answers.iter().any(|it| it.flags.contains(Flags::RST)),
        "{answers:?}"
    );
}

#[test]
fn no_connection_waits_for_a_peer_for_ever() {
    let (mut script, id) = Script::established();
    script.transport.release(id, script.now);
    script.flush();
    script.ack = script.ack + 1;
    script.send(script.header(Flags::ACK), b"");
    assert_eq!(script.transport.population(), (1, 0, 0));
    script.wait(61 * SECOND);
    assert_eq!(script.transport.population(), (0, 0, 0));
}

/// The last FIN is acknowledged as often as it comes, and TIME-WAIT begins again.
#[test]
fn a_repeated_fin_is_acknowledged_in_time_wait() {
    let (mut script, id) = Script::established();
    script.transport.release(id, script.now);
    script.flush();
    script.ack = script.ack + 1;
    let fin = script.header(Flags::FIN | Flags::ACK);
    script.send(fin, b"");
    assert_eq!(script.transport.population(), (0, 0, 1));
    script.wait(50 * SECOND);
    let answers = script.send(fin, b"");
    assert_eq!(answers.len(), 1);
    script.wait(50 * SECOND);
    assert_eq!(script.transport.population(), (0, 0, 1));
    script.wait(15 * SECOND);
    assert_eq!(script.transport.population(), (0, 0, 0));
}

/// Neither a FIN elsewhere nor a repeated one is more than acknowledged: what is no FIN of this connection does
/// not begin TIME-WAIT again.
#[test]
fn only_the_same_fin_prolongs_time_wait() {
    let (mut script, id) = Script::established();
    script.transport.release(id, script.now);
    script.flush();
    script.ack = script.ack + 1;
    let mut fin = script.header(Flags::FIN | Flags::ACK);
    script.send(fin, b"");
    script.wait(50 * SECOND);
    fin.seq = fin.seq - 1;
    script.send(fin, b"");
    script.wait(15 * SECOND);
    assert_eq!(script.transport.population(), (0, 0, 0));
}

/// RFC 7323, section 3.2.
#[test]
fn an_acknowledgment_in_time_wait_has_a_timestamp() {
    let mut script = Script::new();
    script.timestamp = Some(1000);
    let id = script.open();
    script.transport.release(id, script.now);
    let before = script.flush()[0].timestamps.expect("a timestamp");
    script.ack = script.ack + 1;
    let fin = script.header(Flags::FIN | Flags::ACK);
    script.send(fin, b"");
    assert_eq!(script.transport.population(), (0, 0, 1));
    script.wait(SECOND);
    let answers = script.send(fin, b"");
    let timestamps = answers[0].timestamps.expect("a timestamp");
    assert_eq!(timestamps.echo, 1000);
    assert_eq!(timestamps.value.wrapping_sub(before.value), 1000);
}

/// A new connection may have the ports of one in TIME-WAIT (RFC 6191).
#[test]
fn a_flow_in_time_wait_is_used_again() {
    let (mut script, id) = Script::established();
    script.transport.release(id, script.now);
    script.flush();
    script.ack = script.ack + 1;
    let fin = script.header(Flags::FIN | Flags::ACK);
    script.send(fin, b"");
    // An old one is not taken.
    script.seq = script.seq - 1000;
    let answers = script.send(script.header(Flags::SYN), b"");
    assert_eq!(answers[0].flags, Flags::ACK);
    script.seq = script.seq + 5000;
    script.open();
}

/// The sequence numbers of the new connection begin beyond those of the old one, however much that sent.
#[test]
fn a_flow_in_time_wait_gets_new_sequence_numbers() {
    let (mut script, id) = Script::established();
    for _ in 0..100 {
        let sent = data_len(&script.write(id, &[7; 1000])) as u32;
        script.acknowledge(sent, 20_000);
    }
    script.transport.release(id, script.now);
    script.flush();
    script.ack = script.ack + 1;
    script.send(script.header(Flags::FIN | Flags::ACK), b"");
    assert_eq!(script.transport.population(), (0, 0, 1));
    let end = script.ack;
    script.seq = script.seq + 5000;
    script.wait(Duration::from_millis(10));
    script.open();
    let iss = script.ack - 1;
    assert!(!iss.is_before(end), "{iss:?} {end:?}");
}

/// With timestamps, the peer's sequence number need not be greater (RFC 6191).
#[test]
fn a_newer_timestamp_opens_a_flow_in_time_wait() {
    let mut script = Script::new();
    script.timestamp = Some(1000);
    let id = script.open();
    script.transport.release(id, script.now);
    script.flush();
    script.ack = script.ack + 1;
    script.send(script.header(Flags::FIN | Flags::ACK), b"");
    assert_eq!(script.transport.population(), (0, 0, 1));
    script.seq = script.seq - 100_000;
    let answers = script.send(script.header(Flags::SYN), b"");
    assert_eq!(answers[0].flags, Flags::ACK, "as old as the last segment");
    script.timestamp = Some(1001);
    script.open();
}

/// A reset may have data, which might say why.
#[test]
fn a_reset_with_data_is_a_reset() {
    let (mut script, id) = Script::established();
    script.send(script.header(Flags::RST), b"no such user");
    assert_eq!(script.transport.error(id), Some(Error::ConnectionReset));
    assert_eq!(script.read(id), Err(Error::ConnectionReset));
}

#[test]
fn a_silent_peer_is_given_up() {
    let (mut script, id) = Script::established();
    let keep_alive = crate::net::tcp::KeepAlive {
        idle: 60 * SECOND,
        interval: 10 * SECOND,
        probes: 3,
    };
    script
        .transport
        .set_keep_alive(script.now, id, Some(keep_alive));
    assert_eq!(script.wait(59 * SECOND).len(), 0);
    let probes = script.wait(2 * SECOND);
    assert_eq!(probes.len(), 1);
    assert_eq!(probes[0].seq + 1, script.ack);
    // It answers once.
    script.send(script.header(Flags::ACK), b"");
    assert_eq!(script.wait(85 * SECOND).len(), 3);
    assert_eq!(script.transport.state(id), State::Established);
    script.wait(10 * SECOND);
    assert_eq!(script.transport.error(id), Some(Error::TimedOut));
}

/// Retransmissions back off, and the connection is given up after 15 minutes.
#[test]
fn a_black_hole_ends_after_the_user_timeout() {
    let (mut script, id) = Script::established();
    script
        .transport
        .write(id, b"hello", &waker())
        .expect("it is open");
    script.flush();
    let mut gaps = alloc::vec::Vec::new();
    let start = script.now;
    let mut last = start;
    while script.transport.error(id).is_none() && script.now - start < 2000 * SECOND {
        if !script.wait(Duration::from_millis(100)).is_empty() {
            gaps.push(script.now - last);
            last = script.now;
        }
    }
    assert!(
        gaps.windows(2)
            .skip(1)
            .all(|pair| pair[1] + SECOND / 2 > pair[0]),
        "{gaps:?}"
    );
    assert!(gaps.len() < 25, "{gaps:?}");
    assert_eq!(script.transport.error(id), Some(Error::TimedOut));
    assert!((900..965).contains(&(script.now - start).as_secs()));
}
