//! Servers that do not keep the rules.

use super::{
    OTHER, seconds,
    server::{Bench, Heard, LEASED, Owner, SERVER, Says},
};
use core::net::Ipv4Addr;
use proptest::prelude::*;
use smoltcp::wire::DhcpMessageType as Kind;
use std::cell::RefCell;

/// A server that offers and refuses in turns, as fast as it can.
#[test]
fn a_server_that_refuses_what_it_offers_is_not_asked_in_a_loop() {
    let bench = Bench::new(Owner::default());
    bench.serve(|heard| {
        Some(Says {
            kind: match heard.kind {
                Kind::Discover => Kind::Offer,
                _ => Kind::Nak,
            },
            ..Says::default()
        })
    });
    bench.world.pass(seconds(3600));
    assert_eq!(bench.address(), None);
    assert!(bench.server.heard() < 130, "{}", bench.server.heard());
}

/// Offers that no host could use, and then one that it can.
#[test]
fn an_offer_that_cannot_be_used_is_refused() {
    let good = Says::default();
    let mask = |octets| Says {
        mask: Some(Ipv4Addr::from_octets(octets)),
        ..good.clone()
    };
    let address = |octets| Says {
        address: Ipv4Addr::from_octets(octets),
        ..good.clone()
    };
    let time = |seconds| Says {
        seconds,
        ..good.clone()
    };
    let bad = [
        mask([255, 0, 255, 0]),
        mask([0, 0, 0, 255]),
        mask([0, 0, 0, 0]),
        mask([254, 0, 0, 0]),
        Says {
            mask: None,
            ..good.clone()
        },
        Says {
            server: None,
            ..good.clone()
        },
        address([0, 0, 0, 0]),
        address([224, 0, 0, 1]),
        address([255, 255, 255, 255]),
        time(None),
        time(Some(0)),
        time(Some(9)),
        // The owner's wish.
        address(OTHER.octets()),
    ];
    for says in bad {
        let bench = Bench::new(Owner {
            refused: Some(OTHER),
        });
        let good = good.clone();
        let turns = RefCell::new(0);
        let offered = says.clone();
        bench.serve(move |heard| {
            *turns.borrow_mut() += 1;
            let says = if *turns.borrow() < 4 { &offered } else { &good };
            says.to(heard)
        });
        bench.world.pass(seconds(20));
        assert_eq!(bench.address(), None, "{says:?}");
        bench.world.pass(seconds(40));
        assert_eq!(bench.address(), Some(LEASED), "{says:?}");
    }
}

/// What is granted is looked at again: it need not be what was offered.
#[test]
fn a_bad_lease_after_a_good_offer_is_declined() {
    let bench = Bench::new(Owner {
        refused: Some(OTHER),
    });
    let server = bench.server.clone();
    let decline = bench.world.run(async move {
        let discover = server.hear().await;
        server.say(&discover, &Says::default()).await;
        let request = server.hear().await;
        let other = Says {
            address: OTHER,
            ..Says::default()
        };
        server.say(&request, &other.acknowledged()).await;
        server.hear().await
    });
    assert_eq!(decline.kind, Kind::Decline);
    assert_eq!(
        (decline.requested, decline.server),
        (Some(OTHER), Some(SERVER))
    );
    assert_eq!(bench.address(), None);
    bench.serve(|heard| Says::default().to(heard));
    bench.world.pass(seconds(20));
    assert_eq!(bench.address(), Some(LEASED));
}

/// Answers to somebody else's questions, and what is no answer at all.
#[test]
fn what_does_not_answer_the_question_is_not_heard() {
    let bench = Bench::new(Owner::default());
    let server = bench.server.clone();
    bench.world.run(async move {
        let heard = server.hear().await;
        let other = Heard {
            transaction: heard.transaction.wrapping_add(1),
            ..heard.clone()
        };
        server.say(&other, &Says::default()).await;
        server.say(&heard, &Says::default().acknowledged()).await;
    });
    let stranger = bench.other.bind_udp(4000).unwrap();
    bench.world.run(async move {
        let everybody = (Ipv4Addr::BROADCAST, 68).into();
        for length in [0, 1, 239, 240, 241, 300, 1472] {
            let nonsense = std::vec![0x63; length];
            stranger.send_to(&nonsense, everybody).await.unwrap();
        }
    });
    bench.world.pass(seconds(2));
    assert_eq!(bench.address(), None);
    bench.serve(|heard| Says::default().to(heard));
    bench.world.pass(seconds(10));
    assert_eq!(bench.address(), Some(LEASED));
}

proptest! {
    /// Any bytes after a right beginning: an answer or none, and never a panic.
    #[test]
    fn any_answer_is_read(options in proptest::collection::vec(any::<u8>(), 0..300)) {
        let bench = Bench::new(Owner::default());
        let server = bench.server.clone();
        bench.world.run(async move {
            let heard = server.hear().await;
            server.say_bytes(&heard, &options).await;
        });
        bench.world.pass(seconds(1));
        bench.serve(|heard| Says::default().to(heard));
        bench.world.pass(seconds(70));
        assert!(bench.address().is_some());
    }
}
