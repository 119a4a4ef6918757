//! What applications can ask for (RFC 9293, sections 3.8.3, 3.8.4 and 3.9.1).

use super::{
    wire::{Script, data_len},
    world::{A, B, PORT},
};
use crate::net::{
    BindError, Error,
    ip::{Address, Ecn, Packet},
    tcp::{KeepAlive, State, listener::ConnectionConfig, segment::Flags, seq::SeqNumber},
};
use alloc::{sync::Arc, task::Wake, vec, vec::Vec};
use core::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_second_listener_of_a_port_is_refused_and_changes_nothing() {
    let (mut script, id) = Script::established();
    let config = ConnectionConfig {
        receive: 1,
        ..ConnectionConfig::default()
    };
    let refused = script.transport.listen(PORT, config, Some(0));
    assert_eq!(refused, Err(BindError::AddrInUse));
    assert_eq!(script.transport.state(id), State::Established);
    script.port = 41_000;
    script.seq = SeqNumber(1);
    script.open();
}

/// A connection from the port is being opened, then it listens.
#[test]
fn a_port_listens_while_a_connection_of_it_is_opened() {
    let mut script = Script::new();
    script.transport.stop_listening(PORT, script.now);
    let config = ConnectionConfig::default();
    let remote = SocketAddr::new(Ipv4Addr::new(10, 9, 9, 9).into(), 7);
    let (now, local) = (script.now, B.into());
    let opening = script
        .transport
        .connect_from(now, local, PORT, remote, &config)
        .expect("it is free");
    assert_eq!(script.flush().len(), 1);
    assert_eq!(script.transport.listen(PORT, config, None), Ok(()));
    script.open();
    assert_eq!(script.transport.state(opening), State::SynSent);
}

/// A connection has the local address that its first segment had, not that of another one.
#[test]
fn a_connection_keeps_its_local_address() {
    let other: Address = Ipv4Addr::new(10, 0, 0, 77).into();
    let (mut script, _) = Script::established();
    let mut receive = |flags, seq, ack: u32| {
        let mut header = script.header(flags);
        (header.seq, header.ack) = (SeqNumber(seq), SeqNumber(ack));
        let mut bytes = vec![0; header.len()];
        header.write(&mut bytes);
        let packet = Packet {
            local: other,
            remote: A.into(),
            class: Ecn::NotCapable.class(),
            payload: &bytes,
        };
        let now = script.now;
        script.transport.input(now, &packet, &mut script.outbox);
        script.transport.flush(now, &mut script.outbox);
        script.outbox.0.pop().expect("there is an answer").header
    };
    assert_eq!(receive(Flags::SYN, 1, 0).local, other);
    // A reset, as the acknowledgment is wrong.
    assert_eq!(receive(Flags::ACK, 2, 0).local, other);
    let config = ConnectionConfig::default();
    let remote = SocketAddr::new(A.into(), 7);
    script
        .transport
        .connect(script.now, other, remote, &config)
        .expect("a port is free");
    script.transport.flush(script.now, &mut script.outbox);
    assert_eq!(script.outbox.0[0].header.local, other);
}

#[test]
fn small_segments_wait_with_nagles_algorithm_only() {
    let (mut script, id) = Script::established();
    assert_eq!(data_len(&script.write(id, b"1")), 1);
    assert_eq!(data_len(&script.write(id, b"2")), 1, "off by default");
    script.acknowledge(2, 20_000);
    script.transport.set_nagle(id, true);
    assert_eq!(data_len(&script.write(id, b"3")), 1);
    assert_eq!(data_len(&script.write(id, b"4")), 0);
    assert_eq!(data_len(&script.write(id, &[5; 1001])), 1000, "a full one");
    assert_eq!(data_len(&script.acknowledge(1001, 20_000)), 2);
    assert_eq!(data_len(&script.write(id, b"6")), 0);
    script.transport.set_nagle(id, false);
    assert_eq!(data_len(&script.flush()), 1);
}

#[test]
fn the_user_timeout_is_set_for_a_connection() {
    for seconds in [5, 200] {
        let (mut script, id) = Script::established();
        let timeout = seconds * SECOND;
        script
            .transport
            .set_user_timeout(script.now, id, Some(timeout));
        script.write(id, b"hello");
        script.wait(timeout - SECOND);
        assert_eq!(script.transport.error(id), None);
        script.wait(2 * SECOND);
        assert_eq!(script.transport.error(id), Some(Error::TimedOut));
    }
}

#[test]
fn an_idle_connection_is_not_probed_by_default() {
    let (mut script, id) = Script::established();
    assert!(script.wait(24 * 60 * 60 * SECOND).is_empty());
    assert_eq!(script.transport.state(id), State::Established);
    assert_eq!(KeepAlive::default().idle, 2 * 60 * 60 * SECOND);
}

/// Probes begin after the idle time that was asked for, which segments of the peer restart, and have no
/// data. One answer is enough.
#[test]
fn an_idle_connection_is_probed_if_that_was_asked_for() {
    let (mut script, id) = Script::established();
    let keep_alive = KeepAlive {
        idle: 100 * SECOND,
        interval: 10 * SECOND,
        probes: 5,
    };
    let now = script.now;
    script.transport.set_keep_alive(now, id, Some(keep_alive));
    for _ in 0..10 {
        assert!(script.wait(90 * SECOND).is_empty());
        script.acknowledge(0, 20_000);
    }
    let probes = script.wait(145 * SECOND);
    assert_eq!(probes.len(), 5);
    for probe in probes {
        assert_eq!((probe.seq + 1, probe.data.len()), (script.ack, 0));
    }
    script.acknowledge(0, 20_000);
    assert!(script.wait(99 * SECOND).is_empty());
    assert_eq!(script.transport.state(id), State::Established);
}

/// While data is unacknowledged the retransmission timer probes the peer, and its limit counts.
#[test]
fn a_connection_with_data_in_flight_is_not_idle() {
    let (mut script, id) = Script::established();
    let keep_alive = KeepAlive {
        idle: 10 * SECOND,
        interval: SECOND,
        probes: 3,
    };
    let now = script.now;
    script.transport.set_keep_alive(now, id, Some(keep_alive));
    script.write(id, b"hello");
    let sent = script.wait(100 * SECOND);
    assert!(
        sent.iter().all(|segment| segment.data == b"hello"),
        "{sent:?}"
    );
    assert_eq!(script.transport.error(id), None);
    script.acknowledge(5, 20_000);
    assert!(script.wait(9 * SECOND).is_empty());
    assert_eq!(script.wait(2 * SECOND).len(), 1);
}

/// Counts how often it is woken.
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn counts(number: usize) -> Vec<Arc<Count>> {
    let count = || Arc::new(Count(AtomicUsize::new(0)));
    core::iter::repeat_with(count).take(number).collect()
}

fn woken(counts: &[Arc<Count>]) -> Vec<usize> {
    let count = |count: &Arc<Count>| count.0.load(Ordering::Relaxed);
    counts.iter().map(count).collect()
}

#[test]
fn each_task_that_waits_to_read_is_woken_once() {
    let (mut script, id) = Script::established();
    let counts = counts(3);
    for count in counts.iter().chain(&counts) {
        let waker = count.clone().into();
        assert!(!script.transport.poll_readable(id, &waker));
    }
    assert_eq!(woken(&counts), [0, 0, 0]);
    script.data(b"x");
    script.data(b"y");
    assert_eq!(woken(&counts), [1, 1, 1]);
}

/// A future may be polled with a new waker each time, and be dropped.
#[test]
fn wakers_of_dropped_futures_do_not_fill_memory() {
    let (mut script, id) = Script::established();
    let counts = counts(1000);
    for count in &counts {
        let waker = count.clone().into();
        assert!(!script.transport.poll_readable(id, &waker));
    }
    let kept = counts.iter().filter(|count| Arc::strong_count(count) > 1);
    assert!(kept.count() < 100);
    script.data(b"x");
    assert_eq!(woken(&counts), [1; 1000], "none is lost");
}
