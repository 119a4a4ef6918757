//! Answers that are not the upstream's, and messages that are none (RFC 5452).

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

/// The address in an answer: the last four bytes of its only record.
fn address(answer: &[u8]) -> Vec<u8> {
    let mut records = Message::new(answer).unwrap().records().unwrap();
    records.next().unwrap().unwrap().data.to_vec()
}

#[test]
fn only_the_answer_to_the_question_is_believed() {
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
                // Another identification, no answer at all, another opcode.
                changed(1, 1),
                changed(2, 0x80),
                changed(2, 0x08),
                // Another name, another type.
                changed(13, 1),
                changed(12 + 13 + 1, 1),
                // What is cut off, and what never began.
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
fn a_stranger_who_knows_all_but_the_address_is_not_believed() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve_by_a_stranger(|query| zone::answer(query, 0, &[zone::address(60)]));
        let answer = lab.ask(Side::Lan, &zone::query(1, "example.org")).await;
        assert_eq!(zone::code(&answer), code::SERVER_FAILURE);
    });
}

#[test]
fn no_two_queries_have_the_same_port_and_identification() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        let seen = Rc::new(RefCell::new(Vec::new()));
        let heard = seen.clone();
        lab.serve(move |query, peer| {
            heard.borrow_mut().push((peer.port(), [query[0], query[1]]));
            // Not to be kept.
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
fn nonsense_of_clients_harms_nobody() {
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
