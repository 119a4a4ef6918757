//! Leased addresses that another host uses (RFC 5227 and RFC 2131, section 3.1, step 5).

use super::{
    OTHER, connected, second, seconds,
    server::{Bench, LEASED, Message, Notes, Owner, Reply, SERVER},
};
use crate::net::Error;
use core::{net::Ipv4Addr, time::Duration};
use embedded_io_async::Read;
use smoltcp::wire::DhcpMessageType as Kind;
use std::vec::Vec;

/// Answers from now on with leases of `LEASED`, and of `OTHER` once that is declined. Returns the second
/// and the content of each message.
fn serve(bench: &Bench) -> Notes<(u64, Message)> {
    let (notes, server) = (Notes::<(u64, Message)>::default(), bench.server.clone());
    let place = notes.clone();
    bench.serve(move |message| {
        place
            .borrow_mut()
            .push((second(server.now()), message.clone()));
        let is_declined = |(_, message): &(u64, Message)| message.kind == Kind::Decline;
        let address = match place.borrow().iter().any(is_declined) {
            true => OTHER,
            false => LEASED,
        };
        let reply = Reply {
            address,
            ..Reply::default()
        };
        reply.to(message)
    });
    notes
}

/// Checks that `LEASED` was declined, and that another address was asked for ten seconds later.
fn check_declined(messages: &[(u64, Message)]) {
    let kinds: Vec<_> = messages.iter().map(|(_, message)| message.kind).collect();
    let (discover, request) = (Kind::Discover, Kind::Request);
    let expected = [discover, request, Kind::Decline, discover, request];
    assert_eq!(kinds, expected);
    let (declined, decline) = &messages[2];
    assert_eq!(decline.requested, Some(LEASED));
    assert_eq!(decline.server, Some(SERVER));
    let none = Ipv4Addr::UNSPECIFIED;
    assert_eq!((decline.from, decline.client_ip), (none, none));
    assert!(messages[3].0 >= declined + 10, "{messages:?}");
}

#[test]
fn an_address_in_use_is_declined_and_another_one_is_asked_for() {
    for probes_first in [false, true] {
        let bench = Bench::new(Owner {
            probes_first,
            ..Owner::default()
        });
        bench.have_other_use(LEASED);
        let messages = serve(&bench);
        bench.world.pass(seconds(9));
        assert_eq!(bench.address(), None);
        bench.world.pass(seconds(30));
        assert_eq!(bench.address(), Some(OTHER));
        check_declined(&messages.take());
    }
}

#[test]
fn an_address_that_is_probed_first_is_not_used_before() {
    let bench = Bench::new(Owner {
        probes_first: true,
        ..Owner::default()
    });
    serve(&bench);
    let stack = bench.stack.clone();
    for _ in 0..4 {
        assert_eq!(bench.address(), None);
        assert!(!stack.with_ipv4(|ipv4, _| ipv4.is_usable(LEASED)));
        bench.world.pass(seconds(1));
    }
    bench.world.pass(seconds(4));
    assert_eq!(bench.address(), Some(LEASED));
    assert_eq!(bench.server.received(), 2);
    let _ = connected(&bench, LEASED);
}

/// A lease that is renewed is not probed again.
#[test]
fn a_lease_that_is_renewed_stays_usable() {
    let bench = Bench::new(Owner {
        probes_first: true,
        ..Owner::default()
    });
    let server = bench.server.clone();
    let reply = Reply::default();
    let wider = Reply {
        mask: Some(Ipv4Addr::new(255, 255, 0, 0)),
        ..Reply::default()
    };
    bench.world.run(async move {
        server.lease(&reply).await;
        let request = server.receive().await;
        server.reply(&request, &wider.acknowledged()).await;
    });
    bench.world.pass(Duration::from_millis(10));
    let config = bench.stack.config().unwrap();
    assert_eq!((config.address, config.prefix_length), (LEASED, 16));
    assert_eq!(bench.address(), Some(LEASED));
}

/// It is defended once.
#[test]
fn an_address_that_another_host_insists_on_is_given_up() {
    let bench = Bench::new(Owner::default());
    let messages = serve(&bench);
    bench.world.pass(seconds(100));
    let (mut near, _far) = connected(&bench, LEASED);
    bench.have_other_use(LEASED);
    bench.world.pass(seconds(1));
    assert_eq!(bench.address(), None);
    let read = bench.world.run(async move { near.read(&mut [0]).await });
    assert_eq!(read, Err(Error::AddrNotAvailable));
    bench.world.pass(seconds(15));
    assert_eq!(bench.address(), Some(OTHER));
    check_declined(&messages.take());
}

/// Without a link nobody can say that another host uses the address.
#[test]
fn a_link_that_is_lost_is_no_conflict() {
    let bench = Bench::new(Owner::default());
    let server = bench.server.clone();
    let lease = async move { server.lease(&Reply::default()).await };
    bench.world.run(lease);
    bench.world.pass(seconds(100));
    assert_eq!(bench.address(), Some(LEASED));
    bench.cable.cut();
    bench.world.pass(seconds(1));
    assert_eq!(bench.address(), Some(LEASED));
}

/// RFC 5227, section 2.1.1: after ten conflicts, once a minute.
#[test]
fn a_server_whose_addresses_are_all_in_use_is_asked_seldom() {
    let bench = Bench::new(Owner::default());
    bench.have_other_use(LEASED);
    bench.serve(|message| Reply::default().to(message));
    bench.world.pass(seconds(3600));
    assert_eq!(bench.address(), None);
    let declines = bench.server.received() / 3;
    assert!((60..72).contains(&declines), "{declines}");
}
