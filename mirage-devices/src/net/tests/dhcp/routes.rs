//! Classless static routes (RFC 3442).

use super::{
    seconds,
    server::{Bench, LEASED, Owner, Reply, SERVER},
};
use core::net::Ipv4Addr;
use std::{vec, vec::Vec};

/// A host outside the leased network.
const FAR: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);
const ROUTER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 9);

/// Leases an address with option 121.
fn leased(routes: &[&[u8]], mask: [u8; 4]) -> Bench {
    let bench = Bench::new(Owner::default());
    let reply = Reply {
        mask: Some(Ipv4Addr::from_octets(mask)),
        routes: routes.iter().map(|part| part.to_vec()).collect(),
        ..Reply::default()
    };
    bench.serve(move |message| reply.to(message));
    bench.world.pass(seconds(1));
    assert_eq!(bench.address(), Some(LEASED));
    bench
}

fn hop(bench: &Bench, destination: Ipv4Addr) -> Option<Ipv4Addr> {
    bench.stack.with_ipv4(|ipv4, _| ipv4.next_hop(destination))
}

#[test]
fn routes_replace_the_router_of_option_3() {
    // 0.0.0.0/0, 192.0.2.0/25 and 172.16.0.0/12, whose last octet has bits of a host.
    let options: [&[u8]; 3] = [
        &[0, 10, 0, 0, 9],
        &[25, 192, 0, 2, 0, 10, 0, 0, 8],
        &[12, 172, 31, 10, 0, 0, 7],
    ];
    let bench = leased(&[&options.concat()], [255, 255, 255, 0]);
    assert_eq!(bench.lease.get().unwrap().router, Some(ROUTER));
    for (destination, last) in [
        ([8, 8, 8, 8], 9),
        ([192, 0, 2, 127], 8),
        ([192, 0, 2, 128], 9),
        ([172, 16, 0, 1], 7),
        ([172, 32, 0, 1], 9),
        ([10, 0, 0, 3], 3),
    ] {
        let expected = Ipv4Addr::new(10, 0, 0, last);
        let destination = Ipv4Addr::from_octets(destination);
        assert_eq!(hop(&bench, destination), Some(expected), "{destination}");
    }
    // Without a default route, there is none.
    let bench = leased(&[options[1]], [255, 255, 255, 0]);
    assert_eq!(bench.lease.get().unwrap().router, None);
    assert_eq!(hop(&bench, Ipv4Addr::new(8, 8, 8, 8)), None);
}

/// RFC 3396: an option of more than 255 bytes is in several parts, split anywhere.
#[test]
fn routes_may_be_in_several_options() {
    let all: Vec<_> = (0..33)
        .flat_map(|number| [24, 198, 18, number, 10, 0, 0, 9])
        .collect();
    let (first, second) = all.split_at(251);
    let bench = leased(&[first, second], [255, 255, 255, 0]);
    assert_eq!(bench.lease.get().unwrap().routes.len(), 33);
    assert_eq!(hop(&bench, Ipv4Addr::new(198, 18, 32, 1)), Some(ROUTER));
}

/// As Google's cloud has it: the router of a single address is on the link by a route of its own.
#[test]
fn a_router_outside_the_network_has_a_route_on_the_link() {
    let routes: &[u8] = &[32, 10, 9, 0, 1, 0, 0, 0, 0, 0, 10, 9, 0, 1];
    let router = Ipv4Addr::new(10, 9, 0, 1);
    for mask in [[255, 255, 255, 255], [255, 255, 255, 0]] {
        let bench = leased(&[routes], mask);
        assert_eq!(bench.stack.config().unwrap().gateway, Some(router));
        assert_eq!(hop(&bench, router), Some(router));
        assert_eq!(hop(&bench, FAR), Some(router));
    }
}

#[test]
fn routes_that_cannot_be_used_are_ignored() {
    // By this host itself, and by a router that is nowhere.
    let routes = [24, 192, 0, 2, 10, 0, 0, 50, 24, 192, 0, 2, 10, 9, 0, 1];
    let bench = leased(&[&routes], [255, 255, 255, 0]);
    let lease = bench.lease.get().unwrap();
    assert_eq!((lease.router, lease.routes), (None, Vec::new()));
    assert_eq!(hop(&bench, FAR), None);
}

/// Then option 3 counts.
#[test]
fn malformed_routes_are_ignored() {
    let malformed: [&[u8]; 6] = [
        &[33, 192, 0, 2, 7, 0, 10, 0, 0, 9],
        &[255, 192, 0, 2, 7, 10, 0, 0, 9],
        &[24, 192, 0, 2, 10, 0, 0],
        &[24, 192, 0],
        &[0, 10, 0, 0, 9, 24],
        &[],
    ];
    for routes in malformed {
        let bench = leased(&[routes], [255, 255, 255, 0]);
        let lease = bench.lease.get().unwrap();
        assert_eq!((lease.router, lease.routes), (Some(SERVER), Vec::new()));
    }
}

#[test]
fn routes_end_with_their_lease() {
    let bench = Bench::new(Owner::default());
    bench.serve(|message| {
        let renewed = message.client_ip == LEASED;
        let routes: &[u8] = &[0, 10, 0, 0, 9, 24, 192, 0, 2, 0, 0, 0, 0];
        let reply = Reply {
            routes: if renewed {
                vec![]
            } else {
                vec![routes.to_vec()]
            },
            ..Reply::default()
        };
        reply.to(message)
    });
    bench.world.pass(seconds(1799));
    assert_eq!(hop(&bench, FAR), Some(FAR));
    bench.world.pass(seconds(2));
    assert_eq!(bench.address(), Some(LEASED));
    assert_eq!(hop(&bench, FAR), Some(SERVER));
}
