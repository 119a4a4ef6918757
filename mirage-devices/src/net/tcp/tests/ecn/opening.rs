//! How both sides agree on ECN (RFC 3168, section 6.1.1).

use super::{complete, syn};
use crate::net::{
    ip::Ecn,
    tcp::{
        ConnectionId, EcnMode,
        listener::ConnectionConfig,
        segment::Flags,
        seq::SeqNumber,
        tests::{
            wire::{Answer, Script},
            world::{B, PORT},
        },
    },
};
use core::{net::SocketAddr, time::Duration};
use std::vec::Vec;

/// A SYN that asks for ECN.
fn asks() -> Flags {
    Flags::SYN | Flags::ECE | Flags::CWR
}

/// A SYN|ACK that agrees to it.
fn agrees() -> Flags {
    Flags::SYN | Flags::ACK | Flags::ECE
}

fn config(ecn: EcnMode) -> ConnectionConfig {
    ConnectionConfig {
        ecn,
        ..ConnectionConfig::default()
    }
}

/// A script whose transport opens a connection to the peer, and its SYN.
fn opened(ecn: EcnMode) -> (Script, ConnectionId, Answer) {
    let mut script = Script::new();
    script.transport.stop_listening(PORT, script.now);
    let remote = SocketAddr::new(script.source.into(), script.port);
    let config = config(ecn);
    let transport = &mut script.transport;
    let id = transport
        .connect_from(script.now, B.into(), PORT, remote, &config)
        .expect("the port is free");
    let syn = script.flush().remove(0);
    script.ack = syn.seq + 1;
    (script, id, syn)
}

/// The peer answers the SYN with `flags`.
fn answer(script: &mut Script, flags: Flags) -> Vec<Answer> {
    let answers = script.send(script.header(flags), b"");
    script.seq = script.seq + 1;
    answers
}

/// Whether the transport sends data as ECN-capable.
fn uses_ecn(script: &mut Script, id: ConnectionId) -> bool {
    script.write(id, &[1; 100])[0].ecn == Ecn::Capable0
}

#[test]
fn a_peer_that_does_not_ask_has_no_ecn() {
    for flags in [Flags::default(), Flags::ECE, Flags::CWR] {
        let mut script = Script::new();
        let answer = syn(&mut script, flags);
        assert_eq!(answer.flags, Flags::SYN | Flags::ACK);
        let id = complete(&mut script, &answer);
        assert_eq!(script.write(id, &[1; 100])[0].ecn, Ecn::NotCapable);
        script.ecn = Ecn::CongestionExperienced;
        script.data(&[1; 3000]);
        assert!(!script.data(&[1; 3000])[0].flags.contains(Flags::ECE));
    }
}

/// The field of a SYN is 0 where it is sent: the path has changed it.
#[test]
fn a_syn_whose_field_was_changed_has_no_ecn() {
    let mut script = Script::new();
    script.ecn = Ecn::Capable0;
    let answer = syn(&mut script, Flags::ECE | Flags::CWR);
    assert_eq!(answer.flags, Flags::SYN | Flags::ACK);
}

#[test]
fn a_syn_that_is_repeated_without_ecn_turns_it_off() {
    let mut script = Script::new();
    let answer = syn(&mut script, Flags::ECE | Flags::CWR);
    assert!(answer.flags.contains(Flags::ECE));
    let answer = syn(&mut script, Flags::default());
    assert_eq!(answer.flags, Flags::SYN | Flags::ACK);
    let id = complete(&mut script, &answer);
    assert_eq!(script.write(id, &[1; 100])[0].ecn, Ecn::NotCapable);
}

/// The peer asks, and the port does not use ECN.
#[test]
fn a_port_without_ecn_does_not_agree() {
    let mut script = Script::new();
    script.transport.stop_listening(PORT, script.now);
    let transport = &mut script.transport;
    transport
        .listen(PORT, config(EcnMode::Off), None)
        .expect("the port is free");
    let answer = syn(&mut script, Flags::ECE | Flags::CWR);
    assert_eq!(answer.flags, Flags::SYN | Flags::ACK);
    let id = complete(&mut script, &answer);
    assert!(!uses_ecn(&mut script, id));
}

#[test]
fn a_syn_asks_only_if_that_was_chosen() {
    for (mode, flags) in [
        (EcnMode::Off, Flags::SYN),
        (EcnMode::Accept, Flags::SYN),
        (EcnMode::Request, asks()),
    ] {
        let (mut script, id, syn) = opened(mode);
        assert_eq!((syn.flags, syn.ecn), (flags, Ecn::NotCapable));
        answer(&mut script, agrees());
        assert_eq!(uses_ecn(&mut script, id), mode == EcnMode::Request);
    }
}

/// A SYN|ACK with both control bits has returned reserved bits as they were.
#[test]
fn the_peer_agrees_with_ece_alone() {
    for (flags, field, is_used) in [
        (agrees(), Ecn::NotCapable, true),
        (Flags::SYN | Flags::ACK, Ecn::NotCapable, false),
        (agrees() | Flags::CWR, Ecn::NotCapable, false),
        (Flags::SYN | Flags::ACK | Flags::CWR, Ecn::NotCapable, false),
        // The path has changed the field.
        (agrees(), Ecn::Capable0, false),
    ] {
        let (mut script, id, _) = opened(EcnMode::Request);
        script.ecn = field;
        let answers = answer(&mut script, flags);
        assert_eq!(
            (answers[0].flags, answers[0].ecn),
            (Flags::ACK, Ecn::NotCapable)
        );
        assert_eq!(uses_ecn(&mut script, id), is_used, "{flags:?}");
    }
}

/// The path may drop a SYN that asks (section 6.1.1.1). Even if the peer answers the first one, there has been
/// one without ECN.
#[test]
fn a_syn_that_is_sent_again_does_not_ask() {
    let (mut script, id, syn) = opened(EcnMode::Request);
    let again = script.wait(Duration::from_millis(1500)).remove(0);
    assert_eq!((again.flags, again.seq), (Flags::SYN, syn.seq));
    answer(&mut script, agrees());
    assert!(!uses_ecn(&mut script, id));
}

/// Both SYNs have to ask.
#[test]
fn both_sides_may_ask_at_once() {
    for (flags, expected) in [(asks(), agrees()), (Flags::SYN, Flags::SYN | Flags::ACK)] {
        let (mut script, id, syn) = opened(EcnMode::Request);
        script.ack = SeqNumber(0);
        let answered = script.send(script.header(flags), b"").remove(0);
        assert_eq!(answered.flags, expected);
        script.ack = syn.seq + 1;
        answer(&mut script, agrees());
        assert_eq!(uses_ecn(&mut script, id), flags == asks());
    }
}

/// A cookie has no room for it.
#[test]
fn a_cookie_has_no_ecn() {
    let mut script = Script::new();
    let port = script.port;
    for number in 0..crate::net::tcp::MAX_HALF_OPEN_PER_PORT {
        script.port = 10_000 + number;
        syn(&mut script, Flags::ECE | Flags::CWR);
    }
    script.port = port;
    let answer = syn(&mut script, Flags::ECE | Flags::CWR);
    assert_eq!(answer.flags, Flags::SYN | Flags::ACK);
    let id = complete(&mut script, &answer);
    assert_eq!(script.transport.counters().cookies_accepted, 1);
    assert!(!uses_ecn(&mut script, id));
}
