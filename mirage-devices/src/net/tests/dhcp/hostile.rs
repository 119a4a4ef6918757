//! Servers that do not keep the rules.

use super::{
    OTHER, seconds,
    server::{Bench, LEASED, Message, Owner, Reply, SERVER},
};
use core::net::Ipv4Addr;
use proptest::prelude::*;
use smoltcp::wire::DhcpMessageType as Kind;
use std::cell::RefCell;

/// A server that offers and refuses in turns, as fast as it can.
#[test]
fn a_server_that_refuses_what_it_offers_is_not_asked_in_a_loop() {
    let bench = Bench::new(Owner::default());
    bench.serve(|message| {
        Some(Reply {
            kind: match message.kind {
                Kind::Discover => Kind::Offer,
                _ => Kind::Nak,
            },
            ..Reply::default()
        })
    });
    bench.world.pass(seconds(3600));
    assert_eq!(bench.address(), None);
    assert!(bench.server.received() < 130, "{}", bench.server.received());
}

/// Offers that no host could use, and then one that it can.
#[test]
fn an_offer_that_cannot_be_used_is_refused() {
    let good = Reply::default();
    let mask = |octets| Reply {
        mask: Some(Ipv4Addr::from_octets(octets)),
        ..good.clone()
    };
    let address = |octets| Reply {
        address: Ipv4Addr::from_octets(octets),
        ..good.clone()
    };
    let time = |seconds| Reply {
        seconds,
        ..good.clone()
    };
    let bad = [
        mask([255, 0, 255, 0]),
        mask([0, 0, 0, 255]),
        mask([0, 0, 0, 0]),
        mask([254, 0, 0, 0]),
        Reply {
            mask: None,
            ..good.clone()
        },
        Reply {
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
    for reply in bad {
        let bench = Bench::new(Owner {
            refused: Some(OTHER),
            ..Owner::default()
        });
        let good = good.clone();
        let turns = RefCell::new(0);
        let offered = reply.clone();
        bench.serve(move |message| {
            *turns.borrow_mut() += 1;
            let reply = if *turns.borrow() < 4 { &offered } else { &good };
            reply.to(message)
        });
        bench.world.pass(seconds(20));
        assert_eq!(bench.address(), None, "{reply:?}");
        bench.world.pass(seconds(40));
        assert_eq!(bench.address(), Some(LEASED), "{reply:?}");
    }
}

/// The acknowledgement is validated too, since it may differ from the offer.
#[test]
fn a_bad_lease_after_a_good_offer_is_declined() {
    let bench = Bench::new(Owner {
        refused: Some(OTHER),
        ..Owner::default()
    });
    let server = bench.server.clone();
    let decline = bench.world.run(async move {
        let discover = server.receive().await;
        server.reply(&discover, &Reply::default()).await;
        let request = server.receive().await;
        let other = Reply {
            address: OTHER,
            ..Reply::default()
        };
        server.reply(&request, &other.acknowledged()).await;
        server.receive().await
    });
    assert_eq!(decline.kind, Kind::Decline);
    assert_eq!(
        (decline.requested, decline.server),
        (Some(OTHER), Some(SERVER))
    );
    assert_eq!(bench.address(), None);
    bench.serve(|message| Reply::default().to(message));
    bench.world.pass(seconds(20));
    assert_eq!(bench.address(), Some(LEASED));
}

/// Replies to another client's messages, and messages that are no replies.
#[test]
fn messages_that_are_no_reply_are_ignored() {
    let bench = Bench::new(Owner::default());
    let server = bench.server.clone();
    bench.world.run(async move {
        let message = server.receive().await;
        let other = Message {
            transaction: message.transaction.wrapping_add(1),
            ..message.clone()
        };
        server.reply(&other, &Reply::default()).await;
        server
            .reply(&message, &Reply::default().acknowledged())
            .await;
    });
    let stranger = bench.other.bind_udp(4000).unwrap();
    stranger.set_broadcast(true).unwrap();
    bench.world.run(async move {
        let everybody = (Ipv4Addr::BROADCAST, 68).into();
        for length in [0, 1, 239, 240, 241, 300, 1472] {
            let nonsense = std::vec![0x63; length];
            stranger.send_to(&nonsense, everybody).await.unwrap();
        }
    });
    bench.world.pass(seconds(2));
    assert_eq!(bench.address(), None);
    bench.serve(|message| Reply::default().to(message));
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
            let message = server.receive().await;
            server.reply_with_options(&message, &options).await;
        });
        bench.world.pass(seconds(1));
        bench.serve(|message| Reply::default().to(message));
        bench.world.pass(seconds(70));
        assert!(bench.address().is_some());
    }
}
