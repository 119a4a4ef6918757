//! Forged answers and malformed messages (RFC 5452).

use super::{
    lab::{Lab, Side},
    zone,
};
use crate::message::{Message, code};
use alloc::{rc::Rc, vec::Vec};
use core::cell::RefCell;
use mirage_rt::{
    random::Rng,
    test::run,
    time::{Clock, Duration},
};

/// Returns the address in an answer: the last four bytes of its only record.
fn address(answer: &[u8]) -> Vec<u8> {
    let mut records = Message::new(answer).unwrap().records().unwrap();
    records.next().unwrap().unwrap().data.to_vec()
}

#[test]
fn only_the_answer_to_the_query_is_accepted() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve(|query, _| {
            let forged = zone::answer(
                query,
                0,
                &[zone::Record {
                    data: [6, 6, 6, 6].into(),
                    ..zone::address(60)
                }],
            );
            let changed = |at: usize, byte: u8| {
                let mut forged = forged.clone();
                forged[at] ^= byte;
                forged
            };
            [
                // A wrong identification, a query instead of an answer, a wrong opcode.
                changed(1, 1),
                changed(2, 0x80),
                changed(2, 0x08),
                // A wrong name, a wrong type.
                changed(13, 1),
                changed(12 + 13 + 1, 1),
                // A message cut short in the records, and one in the header.
                forged[..forged.len() - 20].to_vec(),
                forged[..5].to_vec(),
                zone::answer(query, 0, &[zone::address(60)]),
            ]
            .into()
        });
        let answer = lab.ask(Side::Lan, &zone::query(1, "example.org")).await;
        assert_eq!(address(&answer), [192, 0, 2, 1]);
        assert_eq!(lab.asked(), 1);
    });
}

#[test]
fn an_answer_from_another_address_is_ignored() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve_from_other_host(|query| zone::answer(query, 0, &[zone::address(60)]));
        let answer = lab.ask(Side::Lan, &zone::query(1, "example.org")).await;
        assert_eq!(zone::code(&answer), code::SERVER_FAILURE);
    });
}

#[test]
fn ports_and_identifications_are_not_reused() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        let seen = Rc::new(RefCell::new(Vec::new()));
        let log = seen.clone();
        lab.serve(move |query, peer| {
            log.borrow_mut().push((peer.port(), [query[0], query[1]]));
            // A TTL of 0 keeps it out of the cache.
            [zone::answer(query, 0, &[zone::address(0)])].into()
        });
        for _ in 0..20 {
            lab.ask(Side::Lan, &zone::query(1, "example.org")).await;
        }
        let mut seen = seen.take();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 20);
        seen.dedup_by_key(|(port, _)| *port);
        assert!(seen.len() > 15, "{seen:?}");
    });
}

#[test]
fn malformed_queries_do_no_harm() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve_addresses(60);
        let (socket, forwarder) = lab.client(Side::Wan);
        let mut random = world.random();
        for length in 0..300 {
            let mut nonsense = zone::query_with_edns(1, "example.org");
            nonsense.resize(length, 0);
            random.fill_bytes(&mut nonsense[length / 2..]);
            socket.send_to(&nonsense, forwarder).await.unwrap();
            Clock.sleep(Duration::from_millis(1)).await;
        }
        let answer = lab.ask(Side::Lan, &zone::query(1, "example.org")).await;
        assert_eq!(zone::code(&answer), code::NO_ERROR);
    });
}
