//! The DHCP client, with servers that follow the RFCs and servers that do not.

mod conflict;
mod fuzz;
mod hostile;
mod options;
mod release;
mod routes;
mod server;

use self::server::{Bench, LEASED, Notes, Owner, Reply, SERVER};
use crate::{
    net::{Error, StackConfig, TcpStream},
    time::Instant,
};
use core::{net::Ipv4Addr, time::Duration};
use embedded_io_async::{Read, Write};
use smoltcp::wire::DhcpMessageType as Kind;
use std::rc::Rc;
use std::{vec, vec::Vec};

const OTHER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 77);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The second of a moment.
fn second(moment: Instant) -> u64 {
    moment.as_nanos() / 1_000_000_000
}

#[test]
fn a_lease_is_asked_for_and_taken() {
    let bench = Bench::new(Owner::default());
    let name_servers = [[10, 0, 0, 3], [10, 0, 9, 9]].map(Ipv4Addr::from_octets);
    let reply = Reply {
        name_servers: name_servers.into(),
        ..Reply::default()
    };
    let server = bench.server.clone();
    let (discover, request) = bench.world.run(async move { server.lease(&reply).await });
    for message in [&discover, &request] {
        assert_eq!(message.from, Ipv4Addr::UNSPECIFIED);
        assert!(message.wants_broadcast);
        assert_eq!(message.name.as_deref(), Some(&b"gateway"[..]));
    }
    assert_eq!(discover.transaction, request.transaction);
    assert_eq!((discover.requested, discover.server), (None, None));
    assert_eq!(
        (request.requested, request.server),
        (Some(LEASED), Some(SERVER))
    );
    bench.world.pass(Duration::from_millis(10));
    let config = StackConfig {
        address: LEASED,
        prefix_length: 24,
        gateway: Some(SERVER),
    };
    assert_eq!(bench.stack.config(), Some(config));
    let lease = bench.lease.get().unwrap();
    assert_eq!(lease.name_servers, name_servers);
    assert_eq!(lease.router, Some(SERVER));
    assert_eq!(lease.server, SERVER);
}

/// No server answers for an hour; a server that boots later serves the client.
#[test]
fn it_is_asked_for_ever() {
    let bench = Bench::new(Owner::default());
    bench.world.pass(seconds(3600));
    assert_eq!(bench.address(), None);
    bench.serve(|message| Reply::default().to(message));
    bench.world.pass(seconds(70));
    assert_eq!(bench.address(), Some(LEASED));
    // 4, 8, 16, 32 and then 64 seconds between; the port holds 64 of them.
    let received = bench.server.received();
    assert!((55..=64).contains(&received), "{received}");
}

#[test]
fn without_an_address_no_peer_is_reached() {
    let bench = Bench::new(Owner::default());
    let stack = bench.stack.clone();
    let refused = bench
        .world
        .run(async move { stack.connect((SERVER, 80).into()).await.err() });
    assert_eq!(refused, Some(Error::HostUnreachable));
    let _listener = bench.stack.listen(80).unwrap();
    let (other, outcome) = (bench.other.clone(), Notes::default());
    let place = outcome.clone();
    bench.world.spawn(async move {
        let result = other.connect((LEASED, 80).into()).await;
        place.borrow_mut().push(result.err());
    });
    bench.world.pass(seconds(185));
    assert_eq!(outcome.take(), [Some(Error::HostUnreachable)]);
}

/// RFC 2131, section 4.4.5: at half of the time, and by unicast.
#[test]
fn a_lease_is_renewed_and_connections_stay() {
    let bench = Bench::leased();
    let (mut near, mut far) = connected(&bench, LEASED);
    let server = bench.server.clone();
    let (request, at) = bench.world.run(async move {
        let request = server.receive().await;
        let at = server.now();
        server
            .reply(&request, &Reply::default().acknowledged())
            .await;
        (request, at)
    });
    assert_eq!(second(at), 1800);
    assert_eq!(request.kind, Kind::Request);
    assert_eq!((request.from, request.client_ip), (LEASED, LEASED));
    assert_eq!((request.requested, request.server), (None, None));
    assert!(!request.wants_broadcast);
    bench.world.run(async move {
        near.write_all(b"still here").await.unwrap();
        let mut word = [0; 10];
        far.read_exact(&mut word).await.unwrap();
        assert_eq!(&word, b"still here");
    });
    // Beyond the first hour.
    bench.world.pass(seconds(1900));
    assert_eq!(bench.address(), Some(LEASED));
}

/// Some servers name mask, router and name servers only once (RFC 2131, section 4.3.1, has them repeat these).
#[test]
fn what_a_renewal_does_not_repeat_is_kept() {
    // 10.1.0.0/16 by 10.0.0.9, and everything else by 10.0.0.1.
    let routes = vec![16, 10, 1, 10, 0, 0, 9, 0, 10, 0, 0, 1];
    for routes in [Vec::new(), vec![routes]] {
        let bench = Bench::new(Owner::default());
        let first = Reply {
            name_servers: vec![SERVER],
            routes,
            ..Reply::default()
        };
        let again = Reply {
            server: None,
            mask: None,
            router: None,
            routes: Vec::new(),
            ..Reply::default()
        };
        let server = bench.server.clone();
        bench.world.run(async move {
            server.lease(&first).await;
        });
        bench.world.pass(Duration::from_millis(10));
        let (lease, config) = (bench.lease.get(), bench.stack.config());
        let server = bench.server.clone();
        bench.world.run(async move {
            let request = server.receive().await;
            server.reply(&request, &again.acknowledged()).await;
        });
        bench.world.pass(seconds(1900));
        assert!(lease.is_some());
        assert_eq!((bench.lease.get(), bench.stack.config()), (lease, config));
    }
}

/// The server is asked until T2, then everybody; in vain.
#[test]
fn a_lease_that_is_not_renewed_ends() {
    let bench = Bench::leased();
    let (mut near, mut far) = connected(&bench, LEASED);
    let asked = Notes::<(u64, bool)>::default();
    let (place, server) = (asked.clone(), bench.server.clone());
    // Halves of what is left of 1800 to 3150, and of 3150 to 3600.
    let expected = [1800, 2475, 2812, 2981, 3065, 3125, 3150, 3375, 3487, 3547];
    bench.world.spawn(async move {
        for _ in expected {
            let to = server.receive().await.to;
            let is_broadcast = to == Ipv4Addr::BROADCAST;
            assert!(is_broadcast || to == SERVER, "{to}");
            place
                .borrow_mut()
                .push((second(server.now()), is_broadcast));
        }
    });
    bench.world.pass(seconds(3599));
    assert_eq!(bench.address(), Some(LEASED));
    let expected = expected.map(|at| (at, at >= 3150));
    assert_eq!(asked.take(), expected);
    bench.world.pass(seconds(2));
    assert_eq!(bench.address(), None);
    // Both ends know at once.
    let (ours, theirs) = bench
        .world
        .run(async move { (near.read(&mut [0]).await, far.read(&mut [0]).await) });
    assert_eq!(ours, Err(Error::AddrNotAvailable));
    assert_eq!(theirs, Err(Error::ConnectionReset));
    bench.serve(|message| Reply::default().to(message));
    bench.world.pass(seconds(70));
    assert_eq!(bench.address(), Some(LEASED));
    assert_eq!(bench.stack.sockets(), 1, "the client's own port");
}

/// RFC 2131, section 4.4.5: in the state REBINDING another server may extend the lease, and is asked from then
/// on.
#[test]
fn another_server_extends_a_lease_after_t2() {
    let bench = Bench::leased();
    let (mut near, mut far) = connected(&bench, LEASED);
    let another = Ipv4Addr::new(10, 0, 0, 2);
    bench.have_other_use(another);
    let server = bench.server.clone();
    let to = bench.world.run(async move {
        let request = loop {
            let request = server.receive().await;
            if request.to == Ipv4Addr::BROADCAST {
                break request;
            }
        };
        assert_eq!((request.from, request.client_ip), (LEASED, LEASED));
        assert_eq!((request.requested, request.server), (None, None));
        assert_eq!(second(server.now()), 3150);
        let reply = Reply {
            server: Some(another),
            ..Reply::default()
        };
        server.reply(&request, &reply.acknowledged()).await;
        server.receive().await.to
    });
    assert_eq!(to, another);
    assert_eq!(bench.address(), Some(LEASED));
    bench.world.run(async move {
        near.write_all(b"still here").await.unwrap();
        far.read_exact(&mut [0; 10]).await.unwrap();
    });
}

#[test]
fn a_server_may_take_its_lease_back() {
    let bench = Bench::leased();
    let reply = |kind, address| Reply {
        kind,
        address,
        ..Reply::default()
    };
    bench.serve(
        move |message| match (message.kind, message.client_ip == LEASED) {
            (Kind::Request, true) => Some(reply(Kind::Nak, Ipv4Addr::UNSPECIFIED)),
            (Kind::Discover, _) => Some(reply(Kind::Offer, OTHER)),
            _ => Some(reply(Kind::Ack, OTHER)),
        },
    );
    bench.world.pass(seconds(1801));
    assert_eq!(bench.address(), Some(OTHER));
}

/// The old address's connections end, those that wait to be accepted and those half open too.
#[test]
fn another_address_ends_the_connections_of_the_old() {
    let bench = Bench::leased();
    let listener = Rc::new(bench.stack.listen(81).unwrap());
    let (mut near, mut far) = connected(&bench, LEASED);
    let other = bench.other.clone();
    let mut waiting = bench
        .world
        .run(async move { other.connect((LEASED, 81).into()).await.unwrap() });
    let reply = Reply {
        address: OTHER,
        kind: Kind::Ack,
        ..Reply::default()
    };
    bench.serve(move |_| Some(reply.clone()));
    bench.world.pass(seconds(1801));
    assert_eq!(bench.address(), Some(OTHER));
    let errors = bench.world.run(async move {
        let near = near.write_all(b"x").await;
        let far = far.read(&mut [0]).await;
        let waiting = waiting.read(&mut [0]).await;
        (near, far, waiting)
    });
    let reset = Err(Error::ConnectionReset);
    assert_eq!(errors, (Err(Error::AddrNotAvailable), reset, reset));
    // Its port is open at the new address.
    let other = bench.other.clone();
    bench.world.run(async move {
        let mut client = other.connect((OTHER, 81).into()).await.unwrap();
        let mut accepted = listener.accept().await.unwrap();
        assert_eq!(accepted.local_addr(), (OTHER, 81).into());
        accepted.write_all(b"new").await.unwrap();
        client.read_exact(&mut [0; 3]).await.unwrap();
    });
    bench.world.pass(seconds(61));
    // Ports 68, and 80 and 81 of TCP have no socket while no client is connected.
    assert_eq!(bench.stack.sockets(), 1);
}

/// A connection that the other side opens to port 80 of the client's.
fn connected(bench: &Bench, address: Ipv4Addr) -> (TcpStream, TcpStream) {
    let listener = bench.stack.listen(80).unwrap();
    let other = bench.other.clone();
    bench.world.run(async move {
        let far = other.connect((address, 80).into()).await.unwrap();
        (listener.accept().await.unwrap(), far)
    })
}

#[test]
fn a_router_outside_the_network_is_none() {
    let bench = Bench::new(Owner::default());
    let reply = Reply {
        router: Some(Ipv4Addr::new(10, 0, 1, 1)),
        ..Reply::default()
    };
    bench.serve(move |message| reply.to(message));
    bench.world.pass(seconds(1));
    let config = bench.stack.config().unwrap();
    assert_eq!((config.address, config.gateway), (LEASED, None));
}

#[test]
fn a_single_address_has_its_router_on_the_link() {
    let bench = Bench::new(Owner::default());
    let router = Ipv4Addr::new(10, 0, 1, 1);
    let reply = Reply {
        mask: Some(Ipv4Addr::BROADCAST),
        router: Some(router),
        ..Reply::default()
    };
    bench.serve(move |message| reply.to(message));
    bench.world.pass(seconds(1));
    let config = bench.stack.config().unwrap();
    assert_eq!((config.prefix_length, config.gateway), (32, Some(router)));
}

#[test]
fn the_server_chooses_the_times() {
    for (times, renewal) in [
        (Some((600, 1200)), 600),
        // Not in order: the usual ones.
        (Some((1200, 600)), 1800),
        (Some((0, 600)), 1800),
        (Some((600, 4000)), 1800),
    ] {
        let bench = Bench::new(Owner::default());
        let reply = Reply {
            times,
            ..Reply::default()
        };
        let server = bench.server.clone();
        let at = bench.world.run(async move {
            server.lease(&reply).await;
            server.receive().await;
            server.now()
        });
        assert_eq!(second(at), renewal, "{times:?}");
    }
}

#[test]
fn a_lease_without_an_end_wakes_no_task() {
    let bench = Bench::new(Owner::default());
    let reply = Reply {
        seconds: Some(u32::MAX),
        ..Reply::default()
    };
    bench.serve(move |message| reply.to(message));
    bench.world.pass(seconds(1));
    assert_eq!(bench.address(), Some(LEASED));
    // The address is probed and announced.
    bench.world.pass(seconds(7));
    assert_eq!(bench.world.next_deadline(), None::<Instant>);
}
