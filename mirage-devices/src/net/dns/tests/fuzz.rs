//! Servers whose every answer is an input of the fuzzer.

use super::*;
use crate::{
    net::dns::{Lookup, Step},
    random::Random,
};
use fuzzing::{Input as Decisions, fuzz};

/// The rest of a message after the identifier.
fn seed(flags: u16, answers: &[Vec<u8>], authority: &[Vec<u8>]) -> Vec<u8> {
    let message = answer(&query("web.example"), flags, answers, authority);
    let length = (message.len() as u16 - 2).to_be_bytes();
    [&length[..], &message[2..]].concat()
}

fn seeds() -> Vec<Vec<u8>> {
    let question = [0xc0, 12];
    let alias = seed(
        RESPONSE,
        &[record(&question, CNAME, 60, &labels("cdn.example"))],
        &[],
    );
    vec![
        seed(RESPONSE, &[record(&question, A, 60, &[10, 0, 0, 7])], &[]),
        seed(RESPONSE | NXDOMAIN, &[], &[soa(60, 60)]),
        [seed(RESPONSE | TRUNCATED, &[], &[]), alias].concat(),
    ]
}

#[test]
fn fuzz_dns() {
    fuzz("dns", &seeds(), |bytes| {
        let mut decisions = Decisions::new(bytes);
        let mut random = Random::from_seed([7; 32]);
        let mut lookup = Lookup::new(name("web.example"), RecordType::A, 2);
        // Three rounds, each over TCP too, and eight aliases.
        for _ in 0..40 {
            let query = match lookup.next(&mut random) {
                Step::Ask { query, .. } => query,
                Step::Done(outcome) => {
                    let count = outcome.result.map_or(1, |addresses| addresses.len());
                    assert!((1..=32).contains(&count), "{count} addresses");
                    return;
                }
            };
            let length = decisions.u16();
            let message = [&query[..2], decisions.take(length.into())].concat();
            if !lookup.on_message(&message) {
                lookup.on_timeout();
            }
        }
        panic!("the lookup does not end");
    });
}
