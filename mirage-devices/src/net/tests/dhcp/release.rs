//! The lease at the end of the unikernel.

use super::{
    super::cable::Faults,
    seconds,
    server::{Bench, LEASED, Owner, SERVER},
};
use crate::time::Monotonic;
use core::{net::Ipv4Addr, time::Duration};
use smoltcp::wire::DhcpMessageType as Kind;

/// RFC 2131, section 4.4.6 and table 5.
#[test]
fn a_lease_is_released_at_the_end() {
    let bench = Bench::leased();
    // The server's MAC address is resolved again.
    bench.world.pass(seconds(1000));
    let (server, release, clock) = (bench.server.clone(), bench.release, bench.world.clock());
    let (message, took) = bench.world.run(async move {
        let began = clock.now();
        release.run().await;
        let took = clock.now() - began;
        (server.receive().await, took)
    });
    assert_eq!(message.kind, Kind::Release);
    assert_eq!((message.from, message.client_ip), (LEASED, LEASED));
    assert_eq!(message.to, SERVER, "never by broadcast");
    assert_eq!((message.requested, message.server), (None, Some(SERVER)));
    assert!(!message.wants_broadcast);
    assert_eq!((message.name, message.parameters.len()), (None, 0));
    assert!(took < Duration::from_millis(20), "{took:?}");
    // The address is not asked for again.
    assert!(bench.lease.get().is_none());
    let received = bench.server.received();
    bench.world.pass(seconds(4000));
    assert_eq!(bench.server.received(), received);
}

#[test]
fn without_a_lease_there_is_nothing_to_release() {
    let bench = Bench::new(Owner::default());
    bench.world.pass(seconds(10));
    let (asked, clock, release) = (bench.server.received(), bench.world.clock(), bench.release);
    let took = bench.world.run(async move {
        let began = clock.now();
        release.run().await;
        clock.now() - began
    });
    assert_eq!((took, bench.server.received()), (Duration::ZERO, asked));
}

/// A server that is gone does not delay the end.
#[test]
fn a_server_that_is_gone_is_not_waited_for() {
    let bench = Bench::leased();
    bench.world.pass(seconds(1000));
    bench.cable.set_faults(&Faults {
        lost: 1000,
        ..Faults::NONE
    });
    let (clock, release) = (bench.world.clock(), bench.release);
    let took = bench.world.run(async move {
        let began = clock.now();
        release.run().await;
        clock.now() - began
    });
    assert!(took < Duration::from_millis(150), "{took:?}");
    assert_eq!(
        bench.lease.get().map(|lease| lease.address),
        None::<Ipv4Addr>
    );
}
