//! Extension headers (RFC 8200, section 4).

use super::*;

/// What the source of a packet receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Nothing,
    /// The code, and where it is.
    Problem(u8, u32),
}
use Answer::{Nothing, Problem};

/// A packet with extension headers before a datagram, each with its number: the first byte of each is
/// filled in.
fn with_headers(destination: Ipv6Addr, headers: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut payload = Vec::new();
    for (index, (_, header)) in headers.iter().enumerate() {
        let mut header = header.clone();
        header[0] = headers.get(index + 1).map_or(17, |next| next.0);
        payload.extend(header);
    }
    payload.extend(datagram(PEER, destination, b"hi"));
    let first = headers.first().map_or(17, |header| header.0);
    frame(&ipv6(PEER, destination, first, 64, &payload))
}

/// A header with these options, padded.
fn options(number: u8, options: &[u8]) -> (u8, Vec<u8>) {
    let mut header = std::vec![0, 0];
    header.extend(options);
    match header.len().next_multiple_of(8) - header.len() {
        0 => {}
        1 => header.push(0),
        padding => {
            header.extend([1, padding as u8 - 2]);
            header.resize(header.len() + padding - 2, 0);
        }
    }
    header[1] = (header.len() / 8 - 1) as u8;
    (number, header)
}

fn routing(kind: u8, segments_left: u8) -> (u8, Vec<u8>) {
    (43, std::vec![0, 0, kind, segments_left, 0, 0, 0, 0])
}

fn fragment(offset: u8, more: u8) -> (u8, Vec<u8>) {
    (44, std::vec![0, 0, offset, more, 0, 0, 0, 1])
}

#[test]
fn headers_without_effect_are_skipped() {
    let mut host = Host::new();
    for headers in [
        std::vec![],
        std::vec![options(0, &[])],
        std::vec![options(0, &[5, 2, 0, 0])],
        std::vec![options(60, &[0x1e, 4, 1, 2, 3, 4])],
        std::vec![routing(0, 0)],
        std::vec![routing(77, 0), options(60, &[0])],
        std::vec![fragment(0, 0)],
        std::vec![
            options(0, &[]),
            options(60, &[]),
            routing(4, 0),
            fragment(0, 0),
            options(60, &[])
        ],
        std::vec![options(60, &[]); 8],
        std::vec![options(60, &[0x1e, 0].repeat(8))],
    ] {
        let frame = with_headers(LOCAL, &headers);
        let expected = Some(String::from("udp fd00::9 -> fd00::2 hi"));
        assert_eq!(host.input(&frame), expected, "{headers:x?}");
    }
    assert!(host.sent().is_empty());
}

#[test]
fn others_are_refused() {
    use DropReason::{Ipv6Extension, Ipv6Malformed};
    let cases = [
        // Options that the source wants refused, silently or not.
        (std::vec![options(60, &[0x5e, 0])], Ipv6Extension, Nothing),
        (
            std::vec![options(60, &[0, 0x9e, 0])],
            Ipv6Extension,
            Problem(2, 43),
        ),
        (
            std::vec![options(0, &[0xde, 0])],
            Ipv6Extension,
            Problem(2, 42),
        ),
        // A jumbogram, and a home address.
        (
            std::vec![options(0, &[0xc2, 4, 0, 1, 0, 0])],
            Ipv6Extension,
            Problem(2, 42),
        ),
        (
            std::vec![options(60, &[0xc9, 0])],
            Ipv6Extension,
            Problem(2, 42),
        ),
        // Options for each hop are first.
        (
            std::vec![options(60, &[]), options(0, &[])],
            Ipv6Extension,
            Problem(1, 40),
        ),
        // Segments that are left.
        (std::vec![routing(0, 1)], Ipv6Extension, Problem(0, 42)),
        (
            std::vec![options(60, &[]), routing(77, 3)],
            Ipv6Extension,
            Problem(0, 50),
        ),
        // Fragments in fragments.
        (
            std::vec![fragment(0, 0), fragment(1, 0)],
            Ipv6Extension,
            Nothing,
        ),
        // Too much.
        (std::vec![options(60, &[]); 9], Ipv6Extension, Nothing),
        (
            std::vec![options(60, &[0x1e, 0].repeat(9))],
            Ipv6Extension,
            Nothing,
        ),
        (
            std::vec![options(60, &[1, 6, 0, 0, 0, 0, 0, 0])],
            Ipv6Extension,
            Nothing,
        ),
        (std::vec![options(60, &[0; 8])], Ipv6Extension, Nothing),
        // Lengths.
        (
            std::vec![options(60, &[0x1e, 9, 0, 0, 0, 0])],
            Ipv6Malformed,
            Nothing,
        ),
        (
            std::vec![(60, std::vec![0, 200, 0, 0, 0, 0, 0, 0])],
            Ipv6Malformed,
            Nothing,
        ),
    ];
    for (headers, reason, answer) in cases {
        let mut host = Host::new();
        let frame = with_headers(LOCAL, &headers);
        host.refuses(&frame, reason);
        let sent = host.sent();
        let error = sent.first().map(|frame| read(frame));
        let said = error.map_or(Nothing, |error| {
            assert_eq!((error.destination, error.payload[0]), (PEER, 4));
            assert_eq!(error.payload[8..], frame[14..]);
            let pointer = error.payload[4..].first_chunk().copied().unwrap();
            Problem(error.payload[1], u32::from_be_bytes(pointer))
        });
        assert_eq!(said, answer, "{headers:x?}");
    }
}

#[test]
fn only_one_kind_of_option_is_refused_to_a_group() {
    for (kind, answered) in [(0x9e, true), (0xde, false)] {
        let mut host = Host::new();
        let frame = with_headers(ALL_NODES, &[options(60, &[kind, 0])]);
        host.refuses(&frame, DropReason::Ipv6Extension);
        assert_eq!(!host.sent().is_empty(), answered, "{kind:x}");
    }
}

#[test]
fn headers_that_end_too_early_are_malformed() {
    let mut host = Host::new();
    for number in [0, 43, 44, 60] {
        for length in 0..8 {
            let packet = ipv6(PEER, LOCAL, number, 64, &[0; 8][..length]);
            host.refuses(&frame(&packet), DropReason::Ipv6Malformed);
        }
    }
}
