//! Which servers are asked, and what ends a lookup.

use super::*;
use crate::{
    net::{
        Error,
        dns::{Lookup, Outcome, Step, Transport},
    },
    random::Random,
};
use core::time::Duration;

/// A lookup of `web.example`, and the queries of its last step.
struct Course {
    lookup: Lookup,
    random: Random,
    query: Vec<u8>,
}

impl Course {
    fn new(servers: usize) -> Self {
        Self {
            lookup: Lookup::new(name("web.example"), RecordType::A, servers),
            random: Random::from_seed([7; 32]),
            query: Vec::new(),
        }
    }

    /// The server, the protocol and the seconds of the next question.
    fn asked(&mut self) -> (usize, Transport, u64) {
        match self.lookup.next(&mut self.random) {
            Step::Ask {
                server,
                transport,
                query,
                timeout,
            } => {
                self.query = query;
                (server, transport, timeout.as_secs())
            }
            Step::Done(outcome) => panic!("{outcome:?}"),
        }
    }

    fn done(&mut self) -> Outcome {
        match self.lookup.next(&mut self.random) {
            Step::Done(outcome) => outcome,
            step => panic!("{step:?}"),
        }
    }

    fn error(&mut self) -> LookupError {
        self.done().result.expect_err("an error")
    }

    fn answer(&mut self, flags: u16, answers: &[Vec<u8>]) {
        let message = answer(&self.query, flags, answers, &[]);
        assert!(self.lookup.on_message(&message));
    }
}

const UDP: Transport = Transport::Udp;

fn address(owner: &str) -> Vec<u8> {
    record(&labels(owner), A, 60, &[10, 0, 0, 7])
}

#[test]
fn silent_servers_are_asked_three_times_in_turn() {
    let mut course = Course::new(2);
    let mut identifiers = Vec::new();
    for seconds in [1, 3, 5] {
        for server in [0, 1] {
            assert_eq!(course.asked(), (server, UDP, seconds));
            identifiers.push(course.query[..2].to_vec());
            course.lookup.on_timeout();
        }
    }
    assert_eq!(course.error(), LookupError::TimedOut);
    identifiers.sort();
    identifiers.dedup();
    assert_eq!(
        identifiers.len(),
        6,
        "each query has an identifier of its own"
    );
}

#[test]
fn a_server_that_fails_is_not_asked_again() {
    let mut course = Course::new(3);
    course.asked();
    course.answer(RESPONSE | SERVFAIL, &[]);
    assert_eq!(course.asked(), (1, UDP, 1));
    course.lookup.on_timeout();
    assert_eq!(course.asked(), (2, UDP, 1));
    course.lookup.on_error(Error::ConnectionRefused);
    assert_eq!(course.asked(), (1, UDP, 3));
    course.lookup.on_timeout();
    assert_eq!(course.asked(), (1, UDP, 5));
    course.answer(RESPONSE, &[address("web.example")]);
    let outcome = course.done();
    assert_eq!(outcome.result, Ok(vec![[10, 0, 0, 7].into()]));
    assert_eq!(outcome.ttl, Some(Duration::from_secs(60)));
}

#[test]
fn the_error_is_the_one_that_says_most() {
    assert_eq!(Course::new(0).error(), LookupError::NoServer);
    let refused = LookupError::Unreachable(Error::ConnectionRefused);
    for (fails, expected) in [
        ([true, true], LookupError::ServerFailure),
        ([false, false], refused),
        ([true, false], LookupError::ServerFailure),
        ([false, true], LookupError::ServerFailure),
    ] {
        let mut course = Course::new(2);
        for fails in fails {
            course.asked();
            match fails {
                true => course.answer(RESPONSE | SERVFAIL, &[]),
                false => course.lookup.on_error(Error::ConnectionRefused),
            }
        }
        assert_eq!(course.error(), expected, "{fails:?}");
    }
    let mut course = Course::new(2);
    course.asked();
    course.lookup.on_error(Error::HostUnreachable);
    for _ in 0..3 {
        assert_eq!(course.asked().0, 1);
        course.lookup.on_timeout();
    }
    assert_eq!(course.error(), LookupError::TimedOut);
}

#[test]
fn a_truncated_answer_is_asked_for_over_tcp() {
    let mut course = Course::new(2);
    course.asked();
    course.answer(RESPONSE | TRUNCATED, &[]);
    assert_eq!(course.asked(), (0, Transport::Tcp, 5));
    // Over TCP, no answer is truncated.
    course.answer(RESPONSE | TRUNCATED, &[]);
    assert_eq!(course.asked(), (1, UDP, 1));
    course.answer(RESPONSE | TRUNCATED, &[]);
    assert_eq!(course.asked(), (1, Transport::Tcp, 5));
    course.answer(RESPONSE, &[address("web.example")]);
    assert!(course.done().result.is_ok());
}

#[test]
fn an_alias_without_addresses_is_asked_for() {
    let mut course = Course::new(1);
    course.asked();
    let alias = record(&labels("web.example"), CNAME, 20, &labels("cdn.example"));
    course.answer(RESPONSE, &[alias]);
    assert_eq!(course.asked(), (0, UDP, 1));
    assert!(course.query[12..].starts_with(&labels("cdn.example")));
    course.answer(RESPONSE, &[address("cdn.example")]);
    let outcome = course.done();
    assert!(outcome.result.is_ok());
    assert_eq!(outcome.ttl, Some(Duration::from_secs(20)));
}

#[test]
fn endless_aliases_are_a_failure() {
    let mut course = Course::new(1);
    let mut current = std::string::String::from("web.example");
    for number in 0.. {
        if let Step::Done(outcome) = course.lookup.next(&mut course.random) {
            assert_eq!(outcome.result, Err(LookupError::ServerFailure));
            assert_eq!(number, 9);
            break;
        }
        course.asked();
        let next = std::format!("a{number}.example");
        let alias = record(&labels(&current), CNAME, 20, &labels(&next));
        course.answer(RESPONSE, &[alias]);
        current = next;
    }
}

#[test]
fn another_message_is_no_answer() {
    let mut course = Course::new(1);
    course.asked();
    let mut message = answer(&course.query, RESPONSE, &[address("web.example")], &[]);
    message[0] ^= 1;
    assert!(!course.lookup.on_message(&message));
    message[0] ^= 1;
    assert!(course.lookup.on_message(&message));
    assert!(course.done().result.is_ok());
}

#[test]
fn at_most_eight_servers_are_asked() {
    let mut course = Course::new(100);
    for _ in 0..3 {
        for server in 0..8 {
            assert_eq!(course.asked().0, server);
            course.lookup.on_timeout();
        }
    }
    assert_eq!(course.error(), LookupError::TimedOut);
}
