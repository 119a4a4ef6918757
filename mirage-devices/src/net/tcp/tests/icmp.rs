//! Errors that ICMP reports (RFC 9293, section 3.9.2.2; RFC 5461; RFC 5927).

use super::{
    wire::{Script, data_len},
    world::{B, PORT},
};
use crate::net::{
    Error,
    ip::{IcmpError, IcmpErrorKind, Protocol},
    tcp::{ConnectionId, State, listener::ConnectionConfig, seq::SeqNumber},
};
use core::{net::SocketAddr, time::Duration};

const SECOND: Duration = Duration::from_secs(1);

const KINDS: [IcmpErrorKind; 7] = [
    IcmpErrorKind::NetworkUnreachable,
    IcmpErrorKind::HostUnreachable,
    IcmpErrorKind::ProtocolUnreachable,
    IcmpErrorKind::PortUnreachable,
    IcmpErrorKind::Prohibited,
    IcmpErrorKind::TimeExceeded,
    IcmpErrorKind::ParameterProblem,
];

/// An error about the segment at `seq`.
pub fn report(script: &mut Script, local_port: u16, seq: SeqNumber, kind: IcmpErrorKind) {
    let mut header = local_port.to_be_bytes().to_vec();
    header.extend(script.port.to_be_bytes());
    header.extend(seq.0.to_be_bytes());
    let error = IcmpError {
        kind,
        local: B.into(),
        remote: script.source.into(),
        protocol: Protocol::Tcp,
        payload: &header,
    };
    script.transport.on_icmp_error(script.now, &error);
}

fn connect(script: &mut Script) -> (ConnectionId, u16, SeqNumber) {
    let remote = SocketAddr::new(script.source.into(), script.port);
    let config = ConnectionConfig::default();
    let id = script
        .transport
        .connect(script.now, B.into(), remote, &config)
        .expect("a port is free");
    let (local, _) = script.transport.addresses(id).expect("it is there");
    (id, local.port(), script.flush()[0].seq)
}

#[test]
fn no_error_ends_an_established_connection() {
    let (mut script, id) = Script::established();
    script.write(id, b"hello");
    for kind in KINDS {
        let seq = script.ack;
        report(&mut script, PORT, seq, kind);
        assert_eq!(script.transport.state(id), State::Established, "{kind:?}");
    }
    script.acknowledge(5, 20_000);
    assert_eq!(data_len(&script.write(id, b"world")), 5);
}

#[test]
fn no_error_ends_a_handshake_but_its_timeout_has_the_reason() {
    for kind in KINDS {
        let mut script = Script::new();
        let (id, port, seq) = connect(&mut script);
        report(&mut script, port, seq, kind);
        assert_eq!(script.transport.state(id), State::SynSent, "{kind:?}");
        script.wait(500 * SECOND);
        let expected = match kind {
            IcmpErrorKind::PortUnreachable => Error::ConnectionRefused,
            _ => Error::HostUnreachable,
        };
        assert_eq!(script.transport.error(id), Some(expected), "{kind:?}");
    }
}

/// An error about a segment that is not in flight comes from someone who guesses.
#[test]
fn an_error_about_another_segment_is_ignored() {
    let mut script = Script::new();
    let (id, port, seq) = connect(&mut script);
    report(&mut script, port, seq + 1, IcmpErrorKind::HostUnreachable);
    script.wait(500 * SECOND);
    assert_eq!(script.transport.error(id), Some(Error::TimedOut));
}

/// The connection is lost for want of answers; the report says more than the timeout.
#[test]
fn the_timeout_of_a_connection_has_the_reason_too() {
    let (mut script, id) = Script::established();
    script.write(id, b"hello");
    let seq = script.ack;
    report(&mut script, PORT, seq, IcmpErrorKind::HostUnreachable);
    script.acknowledge(5, 20_000);
    // Progress has shown that the peer could be reached then.
    script.write(id, b"hello");
    script.wait(1000 * SECOND);
    assert_eq!(script.transport.error(id), Some(Error::TimedOut));

    let (mut script, id) = Script::established();
    script.write(id, b"hello");
    let seq = script.ack;
    report(&mut script, PORT, seq, IcmpErrorKind::HostUnreachable);
    script.wait(1000 * SECOND);
    assert_eq!(script.transport.error(id), Some(Error::HostUnreachable));
}
