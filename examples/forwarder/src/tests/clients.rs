//! Replies to each kind of client: over UDP with and without EDNS, and over TCP.

use super::{
    lab::{Lab, Side},
    zone,
};
use crate::{
    framing,
    message::{self, Message, OPT, code, flag},
};
use alloc::vec::Vec;
use mirage_rt::{
    io::{Read, Write},
    test::run,
    time::{Clock, Duration},
};

fn is_truncated(message: &[u8]) -> bool {
    Message::new(message).unwrap().flags() & flag::TRUNCATED != 0
}

fn has_edns(message: &[u8]) -> bool {
    let mut records = Message::new(message).unwrap().records().unwrap();
    records.any(|record| record.unwrap().kind == OPT)
}

#[test]
fn only_clients_with_edns_get_edns() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve_addresses(60);
        let plain = lab.ask(Side::Lan, &zone::query(1, "example.org")).await;
        assert!(!has_edns(&plain));
        let query = zone::query_with_edns(2, "example.org");
        assert!(has_edns(&lab.ask(Side::Lan, &query).await));
        assert_eq!(lab.asked(), 1);
    });
}

/// 40 addresses exceed 512 bytes but fit in an EDNS datagram.
#[test]
fn a_long_answer_is_truncated_without_edns() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        let records: Vec<_> = (1..=40).map(|_| zone::address(60)).collect();
        lab.serve(move |query, _| [zone::answer(query, 0, &records)].into());
        let plain = lab.ask(Side::Lan, &zone::query(1, "example.org")).await;
        assert!(is_truncated(&plain));
        assert!(plain.len() <= 512 && zone::ttls(&plain).is_empty());
        let query = zone::query_with_edns(2, "example.org");
        let whole = lab.ask(Side::Lan, &query).await;
        assert!(!is_truncated(&whole));
        assert_eq!(zone::ttls(&whole).len(), 40);
        assert_eq!(lab.asked(), 1);
    });
}

/// 200 addresses exceed every datagram.
#[test]
fn an_answer_that_fits_in_no_datagram_uses_tcp_on_both_sides() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve(|query, _| {
            let mut answer = zone::answer(query, 0, &[]);
            answer[2] |= (flag::TRUNCATED >> 8) as u8;
            [answer].into()
        });
        let records: Vec<_> = (1..=200).map(|_| zone::address(60)).collect();
        lab.serve_streams(move |query| zone::answer(query, 0, &records));
        let query = zone::query_with_edns(1, "example.org");
        let cut = lab.ask(Side::Lan, &query).await;
        assert!(is_truncated(&cut) && has_edns(&cut));
        let mut stream = lab.connect(Side::Lan).await;
        framing::write(&mut stream, &query).await.unwrap();
        let whole = framing::read(&mut stream).await.unwrap();
        assert_eq!(zone::ttls(&whole).len(), 200);
        // One query over UDP, one over TCP.
        assert_eq!(lab.asked(), 2);
    });
}

#[test]
fn a_connection_carries_fragmented_and_pipelined_queries() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve_addresses(60);
        let mut stream = lab.connect(Side::Wan).await;
        let mut queries = Vec::new();
        for id in 0..10 {
            let query = zone::query(id, "example.org");
            queries.extend_from_slice(&(query.len() as u16).to_be_bytes());
            queries.extend_from_slice(&query);
        }
        let (at_once, in_pieces) = queries.split_at(queries.len() / 2 + 1);
        stream.write_all(at_once).await.unwrap();
        for byte in in_pieces {
            stream.write_all(&[*byte]).await.unwrap();
            Clock.sleep(Duration::from_millis(10)).await;
        }
        for id in 0..10 {
            let answer = framing::read(&mut stream).await.unwrap();
            assert_eq!(answer[..2], [0, id]);
        }
        // An idle client is disconnected.
        let before = Clock.now();
        assert_eq!(stream.read(&mut [0]).await, Ok(0));
        let waited = (Clock.now() - before).as_secs();
        assert!((9..=10).contains(&waited), "{waited}");
    });
}

#[test]
fn refused_queries_get_a_response_code() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve_addresses(60);
        let transfer = message::begin(1, 0, &zone::question("example.org", 252));
        let mut update = zone::query(1, "example.org");
        update[2] |= 5 << 3;
        let mut two = zone::query(1, "example.org");
        two[5] = 2;
        let mut version = zone::query_with_edns(1, "example.org");
        let place = version.len() - 5;
        version[place] = 1;
        for (query, expected) in [
            (transfer, code::NOT_IMPLEMENTED),
            (update, code::NOT_IMPLEMENTED),
            (two, code::FORMAT_ERROR),
            // The upper bits of the code are in the EDNS record.
            (version, code::BAD_VERSION & flag::CODE),
        ] {
            let answer = lab.ask(Side::Lan, &query).await;
            assert_eq!(zone::code(&answer), expected, "{query:?}");
        }
        let mut answer = zone::query(1, "example.org");
        answer[2] |= 0x80;
        assert_eq!(lab.try_ask(Side::Lan, &answer).await, None);
        assert_eq!(lab.asked(), 0);
    });
}
