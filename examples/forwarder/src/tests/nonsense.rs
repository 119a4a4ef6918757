//! Arbitrary input causes no panic and no malformed output.

use super::zone::{self, Record};
use crate::{
    answer::Answer,
    edns::{self, Edns},
    message::{Message, Section},
    query::{Query, Refused},
    question::Question,
};
use alloc::vec::Vec;
use proptest::prelude::*;

/// A valid message with some bytes changed, perhaps cut short.
fn damaged(message: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = message.len();
    let changes = prop::collection::vec((0..length, any::<u8>()), 0..4);
    (changes, 0..=length).prop_map(move |(changes, end)| {
        let mut message = message.clone();
        for (at, byte) in changes {
            message[at] = byte;
        }
        message.truncate(end.max(length / 2));
        message
    })
}

fn question() -> Question {
    let query = zone::query(0, "example.org");
    Question::from_query(Message::new(&query).unwrap(), None).unwrap()
}

fn answer(records: &[Record]) -> Vec<u8> {
    zone::answer(&zone::query(0, "example.org"), 0, records)
}

fn arbitrary_message() -> impl Strategy<Value = Vec<u8>> {
    let helping = Record {
        section: Section::Additional,
        ..zone::address(60)
    };
    let records = [zone::address(60), zone::start_of_authority(60, 30), helping];
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..100),
        damaged(zone::query_with_edns(0, "example.org")),
        damaged(answer(&records)),
    ]
}

/// Returns whether a message can be parsed with nothing left over.
fn is_well_formed(message: &[u8]) -> bool {
    let read = Message::new(message).unwrap();
    read.question().is_err() || Edns::from_message(read).is_ok()
}

proptest! {
    #[test]
    fn a_reply_to_any_query_is_well_formed(bytes in arbitrary_message()) {
        match Query::read(&bytes) {
            Ok(query) => {
                let failure = Answer::failure(query.question());
                let reply = query.reply(&failure, query.max_datagram_len());
                prop_assert!(is_well_formed(&reply));
                prop_assert_eq!(&reply[..2], &bytes[..2]);
            }
            Err(Refused(Some(reply))) => prop_assert!(is_well_formed(&reply)),
            Err(Refused(None)) => {}
        }
    }

    #[test]
    fn a_forwarded_answer_is_well_formed(bytes in arbitrary_message(), age: u32) {
        let query = Query::read(&zone::query(7, "EXAMPLE.org")).unwrap();
        if let Ok(answer) = Answer::read(&bytes, 0, &question())
            && !answer.is_truncated()
        {
            for max_len in [edns::max_datagram_len(None), 20] {
                prop_assert!(is_well_formed(&query.reply(&answer.aged(age), max_len)));
            }
        }
    }

    #[test]
    fn a_reply_is_never_longer_than_the_client_accepts(count in 0..100_usize) {
        let records: Vec<_> = (0..count).map(|_| zone::address(60)).collect();
        let answer = Answer::read(&answer(&records), 0, &question()).unwrap();
        for query in [zone::query(7, "example.org"), zone::query_with_edns(7, "example.org")] {
            let query = Query::read(&query).unwrap();
            let max_len = query.max_datagram_len();
            prop_assert!(query.reply(&answer, max_len).len() <= max_len);
        }
    }

    /// At any age.
    #[test]
    fn an_unexpired_answer_has_nonzero_ttls(ttls in prop::collection::vec(any::<u32>(), 1..5)) {
        let records: Vec<_> = ttls.iter().map(|ttl| zone::address(*ttl)).collect();
        let answer = Answer::read(&answer(&records), 0, &question()).unwrap();
        if let Some(age) = answer.lifetime().checked_sub(1) {
            prop_assert!(zone::ttls(&answer.aged(age).to_message()).iter().all(|ttl| *ttl > 0));
        }
    }
}
