//! What an answer says.

use super::*;
use crate::net::dns::message::{self, Reply};
use core::{net::IpAddr, time::Duration};
use proptest::prelude::*;

fn read(message: &[u8]) -> Option<Reply> {
    message::read(message, 7, &name("web.example"), RecordType::A)
}

/// Reads an answer to the question for `web.example`.
fn reply(flags: u16, answers: &[Vec<u8>], authority: &[Vec<u8>]) -> Reply {
    let message = answer(&query("web.example"), flags, answers, authority);
    read(&message).expect("an answer")
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A pointer to the question's name.
const QUESTION: &[u8] = &[0xc0, 12];

#[test]
fn a_query_asks_one_question() {
    let expected =
        b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03web\x07example\x00\x00\x1c\x00\x01";
    let query = message::query(0x1234, &name("Web.Example"), RecordType::Aaaa);
    assert_eq!(query, expected);
}

#[test]
fn only_the_answer_to_the_question_is_read() {
    let address = record(QUESTION, A, 60, &[10, 0, 0, 7]);
    let message = answer(&query("web.example"), RESPONSE, &[address], &[]);
    let ours = Some(Reply::Addresses(vec![[10, 0, 0, 7].into()], seconds(60)));
    assert_eq!(read(&message), ours);
    let changed = |change: fn(&mut Vec<u8>)| {
        let mut message = message.clone();
        change(&mut message);
        read(&message)
    };
    let other_case = changed(|message| message[13..24].make_ascii_uppercase());
    // The length of a label is no letter.
    assert_eq!(other_case, ours);
    let others: [fn(&mut Vec<u8>); 8] = [
        |message| message[1] = 8,
        |message| message[2] &= 0x7f,
        |message| message[2] |= 0x08,
        |message| message[5] = 0,
        |message| message[13] = b'x',
        |message| message[26] = AAAA as u8,
        |message| message[28] = 3,
        |message| message.truncate(11),
    ];
    for (index, change) in others.into_iter().enumerate() {
        assert_eq!(changed(change), None, "change {index}");
    }
}

#[test]
fn aliases_are_followed_in_any_order() {
    let cdn = record(QUESTION, CNAME, 300, &labels("cdn.example"));
    let edge = record(&labels("CDN.example"), CNAME, 30, &labels("edge.example"));
    let first = record(&labels("edge.example"), A, 60, &[10, 0, 0, 7]);
    let second = record(&labels("edge.example"), A, 90, &[10, 0, 0, 8]);
    let other = record(&labels("other.example"), A, 1, &[10, 0, 0, 9]);
    let expected = Reply::Addresses(
        [7, 8].map(|last| IpAddr::from([10, 0, 0, last])).to_vec(),
        seconds(30),
    );
    let records = [first, other, second, edge.clone(), cdn.clone()];
    assert_eq!(reply(RESPONSE, &records, &[]), expected);
    let target = Reply::Alias(name("edge.example"), seconds(30));
    assert_eq!(reply(RESPONSE, &[cdn.clone(), edge.clone()], &[]), target);
    let no_address = Reply::Nothing(LookupError::NoAddress, Some(seconds(20)));
    assert_eq!(
        reply(RESPONSE, &[cdn.clone(), edge], &[soa(20, 99)]),
        no_address
    );
    let back = record(&labels("cdn.example"), CNAME, 30, QUESTION);
    assert_eq!(reply(RESPONSE, &[cdn, back], &[]), Reply::Failure);
}

#[test]
fn negative_answers_have_the_ttl_of_the_zone() {
    let nothing = |error, ttl: Option<u64>| Reply::Nothing(error, ttl.map(seconds));
    assert_eq!(
        reply(RESPONSE | NXDOMAIN, &[], &[soa(300, 60)]),
        nothing(LookupError::NoSuchName, Some(60))
    );
    assert_eq!(
        reply(RESPONSE | NXDOMAIN, &[], &[]),
        nothing(LookupError::NoSuchName, None)
    );
    assert_eq!(
        reply(RESPONSE, &[], &[soa(30, 60)]),
        nothing(LookupError::NoAddress, Some(30))
    );
    assert_eq!(
        reply(RESPONSE, &[], &[]),
        nothing(LookupError::NoAddress, None)
    );
    // A referral to other servers.
    let ns = record(&labels("example"), NS, 60, &labels("ns.example"));
    assert_eq!(reply(RESPONSE, &[], &[ns]), Reply::Failure);
}

#[test]
fn a_ttl_with_the_highest_bit_is_zero() {
    let address = record(QUESTION, A, 1 << 31, &[10, 0, 0, 7]);
    let expected = Reply::Addresses(vec![[10, 0, 0, 7].into()], seconds(0));
    assert_eq!(reply(RESPONSE, &[address], &[]), expected);
}

#[test]
fn failures_and_malformed_answers_are_failures() {
    assert_eq!(reply(RESPONSE | SERVFAIL, &[], &[]), Reply::Failure);
    assert_eq!(reply(RESPONSE | TRUNCATED, &[], &[]), Reply::Truncated);
    let short = record(QUESTION, A, 60, &[10, 0, 0]);
    assert_eq!(reply(RESPONSE, &[short], &[]), Reply::Failure);
    let endless = record(QUESTION, CNAME, 60, &[0xc0, 41]);
    assert_eq!(reply(RESPONSE, &[endless], &[]), Reply::Failure);
    let beyond = record(QUESTION, CNAME, 60, &[0xff, 0xff]);
    assert_eq!(reply(RESPONSE, &[beyond], &[]), Reply::Failure);
    let address = record(QUESTION, A, 60, &[10, 0, 0, 7]);
    let mut missing = answer(&query("web.example"), RESPONSE, &[address], &[]);
    missing[7] = 2;
    assert_eq!(read(&missing), Some(Reply::Failure));
}

#[test]
fn addresses_are_of_the_type_that_was_asked_for() {
    let mut query = query("web.example");
    query[26] = AAAA as u8;
    let six: IpAddr = "fd00::7".parse().unwrap();
    let records = [
        record(QUESTION, A, 60, &[10, 0, 0, 7]),
        record(
            QUESTION,
            AAAA,
            60,
            &[0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7],
        ),
    ];
    let message = answer(&query, RESPONSE, &records, &[]);
    let reply = message::read(&message, 7, &name("web.example"), RecordType::Aaaa);
    assert_eq!(reply, Some(Reply::Addresses(vec![six], seconds(60))));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(read(&bytes), None);
    }

    /// Every address of an answer is returned, up to a limit, in its order.
    #[test]
    fn all_addresses_are_returned(addresses in prop::collection::vec(any::<[u8; 4]>(), 1..60)) {
        let records: Vec<_> =
            addresses.iter().map(|address| record(QUESTION, A, 60, address)).collect();
        let mut expected: Vec<IpAddr> = addresses.into_iter().map(IpAddr::from).collect();
        expected.truncate(32);
        prop_assert_eq!(reply(RESPONSE, &records, &[]), Reply::Addresses(expected, seconds(60)));
    }

    /// An answer that is cut anywhere is no answer, or a failure.
    #[test]
    fn a_cut_answer_is_none(length in 0..200_usize) {
        let records = [
            record(QUESTION, CNAME, 60, &labels("a.example")),
            record(&labels("a.example"), A, 60, &[10, 0, 0, 7]),
        ];
        let message = answer(&query("web.example"), RESPONSE, &records, &[soa(1, 1)]);
        let cut = &message[..length.min(message.len() - 1)];
        let reply = read(cut);
        let is_whole = cut.len() >= message.len() - soa(1, 1).len();
        prop_assert_eq!(matches!(reply, Some(Reply::Addresses(..))), is_whole);
    }
}
