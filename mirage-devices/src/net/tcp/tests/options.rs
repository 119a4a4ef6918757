//! Options and the sizes of segments (RFC 9293, sections 3.1, 3.2 and 3.7.1).

use super::{
    wire::{Answer, Script, data_len},
    world::{B, PORT},
};
use crate::net::tcp::{
    listener::ConnectionConfig,
    options::{Options, Timestamps},
    segment::Flags,
};
use alloc::{vec, vec::Vec};
use core::net::SocketAddr;

/// The size of the first segment of many bytes.
fn first_size(script: &mut Script, id: crate::net::tcp::ConnectionId) -> usize {
    script.write(id, &[7; 5000])[0].data.len()
}

#[test]
fn both_kinds_of_syns_announce_the_segment_size_of_the_link() {
    let mut script = Script::new();
    let answers = script.send(script.header(Flags::SYN), b"");
    assert_eq!(answers[0].mss, Some(1460));
    let remote = SocketAddr::new(script.source.into(), 7);
    let config = ConnectionConfig::default();
    script
        .transport
        .connect(script.now, B.into(), remote, &config)
        .expect("a port is free");
    assert_eq!(script.flush()[0].mss, Some(1460));
}

#[test]
fn the_segment_size_of_the_peer_is_followed() {
    let (mut script, id) = Script::established();
    assert_eq!(first_size(&mut script, id), 1000);
}

#[test]
fn a_peer_that_names_no_segment_size_receives_536_bytes() {
    let mut script = Script::new();
    let id = script.open_with(script.header(Flags::SYN));
    assert_eq!(first_size(&mut script, id), 536);
}

/// Data gives way to the options of every segment.
#[test]
fn a_full_segment_has_the_announced_size_with_its_options() {
    let mut script = Script::new();
    script.timestamp = Some(1);
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1000);
    let id = script.open_with(syn);
    let sent = script.write(id, &[7; 5000]);
    assert_eq!(sent[0].data.len() + sent[0].options.len(), 1000);
    assert_eq!(sent[0].options.len(), 12);
}

/// CVE-2019-11479: segments of a few bytes cost the sender more than the peer.
#[test]
fn a_tiny_segment_size_is_not_followed() {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1);
    let id = script.open_with(syn);
    assert_eq!(first_size(&mut script, id), 216);
}

#[test]
fn a_segment_size_counts_in_a_syn_only() {
    let (mut script, id) = Script::established();
    let answers = script.send_with_options(Flags::ACK, &[2, 4, 0, 100], b"hello");
    assert!(answers.is_empty(), "{answers:?}");
    assert_eq!(script.read(id).as_deref(), Ok(&b"hello"[..]));
    script.seq = script.seq + 5;
    let sent = script.write(id, &[7; 3000]);
    assert_eq!(sent[0].data.len(), 1000);
    assert!(sent.iter().all(|segment| segment.mss.is_none()));
}

/// The first option is not known, and the second one does not begin at a word.
#[test]
fn unknown_options_are_skipped() {
    let mut script = Script::new();
    let options = [254, 5, 1, 2, 3, 2, 4, 2, 88];
    let answer = script
        .send_with_options(Flags::SYN, &options, b"")
        .remove(0);
    script.seq = script.seq + 1;
    script.ack = answer.seq + 1;
    script.send_with_options(Flags::ACK, &[253, 2, 200, 6, 1, 2, 3, 4], b"hello");
    script.seq = script.seq + 5;
    let waker = super::world::waker();
    let id = script.transport.accept(PORT, &waker).expect("it is open");
    assert_eq!(script.read(id).as_deref(), Ok(&b"hello"[..]));
    assert_eq!(first_size(&mut script, id), 600);
}

#[test]
fn options_of_illegal_length_do_no_harm() {
    let (mut script, id) = Script::established();
    let lists: [&[u8]; 6] = [
        &[254, 0, 0, 0],
        &[254, 1, 0, 0],
        &[254, 9, 0, 0],
        &[1, 1, 1, 8],
        &[5, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &[8, 3, 1, 0],
    ];
    for list in lists {
        script.send_with_options(Flags::ACK, list, b"x");
        script.seq = script.seq + 1;
        assert_eq!(script.read(id).as_deref(), Ok(&b"x"[..]), "{list:?}");
    }
}

/// The options of a header: their kinds, without what only pads.
fn kinds(mut bytes: &[u8]) -> Vec<u8> {
    assert_eq!(bytes.len() % 4, 0);
    let mut kinds = vec![];
    while let [kind, rest @ ..] = bytes {
        match kind {
            0 => {
                assert!(rest.iter().all(|byte| *byte == 0), "zeros behind the end");
                break;
            }
            1 => bytes = rest,
            _ => {
                assert!(usize::from(rest[0]) <= bytes.len(), "its length is right");
                kinds.push(*kind);
                bytes = &bytes[usize::from(rest[0])..];
            }
        }
    }
    kinds
}

#[test]
fn headers_that_are_sent_are_well_formed() {
    let mut script = Script::new();
    script.timestamp = Some(5);
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(1000);
    syn.options.window_scale(7);
    syn.options.sack_permitted();
    let answer = script.send(syn, b"").remove(0);
    assert_eq!(kinds(&answer.options), [2, 4, 8, 3]);
    script.seq = script.seq + 1;
    script.ack = answer.seq + 1;
    script.send(script.header(Flags::ACK), b"");
    let mut kinds_of_last = vec![];
    for offset in [10, 30, 50, 70] {
        let mut header = script.header(Flags::ACK);
        header.seq = script.seq + offset;
        let answers: Vec<Answer> = script.send(header, b"gap");
        assert_eq!(data_len(&answers), 0);
        kinds_of_last = kinds(&answers[0].options);
    }
    assert_eq!(kinds_of_last, [8, 5]);
}

/// Without the option in both SYNs, timestamps are not sent (RFC 7323, section 3.2).
#[test]
fn options_that_the_peer_did_not_name_are_not_used() {
    let (mut script, id) = Script::established();
    let mut header = script.header(Flags::ACK);
    header.options.timestamps(Timestamps { value: 9, echo: 9 });
    script.send(header, b"hello");
    script.seq = script.seq + 5;
    let sent = script.write(id, b"hello");
    assert_eq!(Options::parse(&sent[0].options).timestamps, None);
}
