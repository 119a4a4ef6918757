//! DHCP servers whose every answer is an input of the fuzzer.

use super::{
    seconds,
    server::{Bench, Message, Owner, Reply},
};
use fuzzing::{Input as Decisions, fuzz};
use smoltcp::wire::DhcpMessageType as Kind;
use std::{vec, vec::Vec};

/// More bytes of options do not fit in a packet.
const MAX_LEN: usize = 1200;

/// After so many answers, the server keeps the rules.
const MAX_ANSWERS: usize = 8;

/// The options of an answer: those of a lease, of lengths that need not be theirs, and any others.
fn options(message: &Message, decisions: &mut Decisions<'_>) -> Vec<u8> {
    let mut options = Vec::new();
    while !decisions.is_empty() {
        let any = decisions.u8();
        let kinds = [
            53, 54, 1, 3, 6, 51, 58, 59, 121, 0, 255, any, 12, 15, 26, 42,
        ];
        let kind = kinds[usize::from(decisions.u8() % 16)];
        let length = match decisions.u8() {
            254 => break,
            length @ 0..128 => match kind {
                53 => 1,
                26 => length % 4,
                12 | 15 | 121 => length % 24,
                _ => 4 + length % 3 * 4 * (length / 64),
            },
            length => length,
        };
        options.extend([kind, length]);
        let mut data = decisions.take(length.into()).to_vec();
        data.resize(length.into(), 0);
        if kind == 53 && length == 1 {
            data[0] = match (data[0] % 8, message.kind) {
                (0..4, Kind::Discover) => 2,
                (0..4, _) => 5,
                (4, _) => 6,
                _ => data[0],
            };
        }
        options.extend(data);
    }
    options.truncate(MAX_LEN);
    options
}

fn seeds() -> Vec<Vec<u8>> {
    let option = |index, data: &[u8]| [&[0, index, 0][..], data].concat();
    let lease = [
        option(0, &[0]),
        option(1, &[10, 0, 0, 1]),
        option(2, &[255, 255, 255, 0]),
        option(3, &[10, 0, 0, 1]),
        option(4, &[10, 0, 0, 3]),
        option(5, &[0, 0, 1, 0]),
        vec![0, 0, 254],
    ]
    .concat();
    vec![
        lease.clone(),
        [lease.clone(), lease.clone()].concat(),
        [lease.clone(), lease.clone(), lease].concat(),
    ]
}

#[test]
fn fuzz_dhcp() {
    fuzz("dhcp", &seeds(), |bytes| {
        let bench = Bench::new(Owner::default());
        let bytes = bytes.to_vec();
        let server = bench.server.clone();
        bench.world.spawn(async move {
            let mut rest = &bytes[..];
            for answered in 0.. {
                let mut message = server.receive().await;
                // Its address may be anywhere.
                message.wants_broadcast = true;
                let mut decisions = Decisions::new(rest);
                if decisions.is_empty() || answered >= MAX_ANSWERS {
                    if let Some(reply) = Reply::default().to(&message) {
                        server.reply(&message, &reply).await;
                    }
                    continue;
                }
                let answer = options(&message, &mut decisions);
                rest = decisions.take(usize::MAX);
                server.reply_with_options(&message, &answer).await;
            }
        });
        bench.world.pass(seconds(1000));
        let asked = bench.server.received();
        assert!(asked < 1000, "{asked} messages in 1,000 s");
        if bench.address().is_none() {
            // A lease may have ended a moment ago.
            bench.world.pass(seconds(200));
        }
        let address = bench.address().expect("a lease");
        assert!(!address.is_unspecified() && !address.is_multicast());
    });
}
