//! Whatever arrives, nothing panics, and what is sent is in order.

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

/// A message that is right, but for some bytes and its end.
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
    Question::of(Message::new(&query).unwrap(), None).unwrap()
}

fn answer(records: &[Record]) -> Vec<u8> {
    zone::answer(&zone::query(0, "example.org"), 0, records)
}

fn nonsense() -> impl Strategy<Value = Vec<u8>> {
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

/// Whether a message can be read from front to back, and nothing is left.
fn is_in_order(message: &[u8]) -> bool {
    let read = Message::new(message).unwrap();
    read.question().is_err() || Edns::of(read).is_ok()
}

proptest! {
    #[test]
    fn a_query_is_answered_in_order_or_not_at_all(bytes in nonsense()) {
        match Query::read(&bytes) {
            Ok(query) => {
                let failure = Answer::failure(query.question());
                let reply = query.reply(&failure, query.longest_datagram());
                prop_assert!(is_in_order(&reply));
                prop_assert_eq!(&reply[..2], &bytes[..2]);
            }
            Err(Refused(Some(reply))) => prop_assert!(is_in_order(&reply)),
            Err(Refused(None)) => {}
        }
    }

    #[test]
    fn an_answer_is_passed_on_in_order_or_not_at_all(bytes in nonsense(), age: u32) {
        let query = Query::read(&zone::query(7, "EXAMPLE.org")).unwrap();
        if let Ok(answer) = Answer::read(&bytes, 0, &question())
            && !answer.is_truncated()
        {
            for most in [edns::longest_datagram(None), 20] {
                prop_assert!(is_in_order(&query.reply(&answer.aged(age), most)));
            }
        }
    }

    #[test]
    fn a_datagram_is_never_longer_than_the_client_takes(count in 0..100_usize) {
        let records: Vec<_> = (0..count).map(|_| zone::address(60)).collect();
        let answer = Answer::read(&answer(&records), 0, &question()).unwrap();
        for query in [zone::query(7, "example.org"), zone::query_with_edns(7, "example.org")] {
            let query = Query::read(&query).unwrap();
            let most = query.longest_datagram();
            prop_assert!(query.reply(&answer, most).len() <= most);
        }
    }

    /// However long it has been kept.
    #[test]
    fn an_answer_that_lives_has_time_to_live(ttls in prop::collection::vec(any::<u32>(), 1..5)) {
        let records: Vec<_> = ttls.iter().map(|ttl| zone::address(*ttl)).collect();
        let answer = Answer::read(&answer(&records), 0, &question()).unwrap();
        if let Some(age) = answer.lifetime().checked_sub(1) {
            prop_assert!(zone::ttls(&answer.aged(age).to_message()).iter().all(|ttl| *ttl > 0));
        }
    }
}
