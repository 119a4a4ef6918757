//! Ports with limits of their own.

use super::{
    client::Bench,
    hand::{ByHand, Segment},
};
use crate::net::{TcpLimits, UdpLimits};
use core::{net::Ipv4Addr, time::Duration};
use embedded_io_async::{Read, Write};
use smoltcp::socket::tcp::State;
use std::{rc::Rc, vec::Vec};

fn with_connections(connections: u16) -> TcpLimits {
    TcpLimits {
        connections: Some(connections),
        ..TcpLimits::DEFAULT
    }
}

#[test]
fn one_connection_more_waits_until_another_leaves() {
    let bench = Bench::new();
    let listener = bench.stack.listen_within(7, with_connections(3)).unwrap();
    let other = bench.stack.listen(8).unwrap();
    // All are kept, and the first goes when its client does.
    bench.world.spawn(async move {
        let mut served = Vec::new();
        loop {
            served.push(listener.accept().await.unwrap());
            if served.len() == 3 {
                let mut first = served.remove(0);
                while first.read(&mut [0; 64]).await != Ok(0) {}
            }
        }
    });
    let client = bench.client.clone();
    let connections = bench.world.run(async move {
        [
            client.connect(7).await,
            client.connect(7).await,
            client.connect(7).await,
        ]
    });
    let late = Rc::new(bench.client.start_connecting(60_000, 7));
    bench.world.pass(Duration::from_secs(4));
    assert_eq!(late.state(), State::SynSent);
    assert!(bench.stack.counters().tcp.connections_full >= 2);
    let client = bench.client.clone();
    // The other port does not know of it.
    bench.world.run(async move {
        client.connect(8).await;
        drop(other);
    });
    connections[0].close();
    let waiting = late.clone();
    assert!(bench.world.run(async move { waiting.established().await }));
}

#[test]
fn a_limited_port_is_not_held_by_those_who_never_answer() {
    let mut hand = ByHand::new();
    let listener = hand
        .bench
        .stack
        .listen_within(7, with_connections(2))
        .unwrap();
    for number in 0..100 {
        let mut forged = Segment::syn(1024 + number, 7);
        forged.peer.0 = Ipv4Addr::from(0xc0a8_0000 + u32::from(number));
        hand.push(&forged.frame());
        hand.frames();
    }
    let next = hand.open(50_000, 7);
    let stream = hand
        .bench
        .world
        .run(async move { listener.accept().await.unwrap() });
    assert_eq!(stream.peer_addr(), next.peer.into());
    assert_eq!(hand.bench.stack.counters().tcp.connections_full, 0);
}

#[test]
fn what_is_in_time_wait_makes_room() {
    let bench = Bench::new();
    let listener = bench.stack.listen_within(7, with_connections(1)).unwrap();
    let client = bench.client.clone();
    let stack = bench.stack.clone();
    bench.world.run(async move {
        for _ in 0..5 {
            let connection = client.connect(7).await;
            // This side ends it first, and so waits afterwards.
            drop(listener.accept().await.unwrap());
            connection.read_to_end().await.unwrap();
            connection.close();
            connection.settle().await;
        }
        assert_eq!(stack.counters().tcp.connections_full, 0);
    });
    bench.world.pass(Duration::from_secs(61));
    assert_eq!(bench.stack.sockets(), 0);
}

#[test]
fn a_connection_has_the_buffers_that_are_declared() {
    let bench = Bench::new();
    let limits = TcpLimits {
        receive: 2048,
        transmit: 3000,
        ..TcpLimits::DEFAULT
    };
    let listener = bench.stack.listen_within(7, limits).unwrap();
    let client = bench.client.clone();
    bench.world.run(async move {
        let connection = client.connect(7).await;
        let mut stream = listener.accept().await.unwrap();
        assert_eq!(stream.write(&[0; 20_000]).await, Ok(3000));
        // Without a reader the peer sends as much as the buffer takes, and keeps the rest.
        connection.write(&[1; 10_000]).await.unwrap();
        connection.settle().await;
        assert_eq!(stream.read(&mut [0; 20_000]).await, Ok(2048));
    });
}

#[test]
fn memory_grows_with_what_is_declared() {
    assert!(with_connections(10).memory() >= 10 * 4 * 1024);
    assert_eq!(
        with_connections(10).memory(),
        10 * TcpLimits::DEFAULT.memory()
    );
    let twice = UdpLimits {
        receive: 2 * UdpLimits::DEFAULT.receive,
        ..UdpLimits::DEFAULT
    };
    assert!(twice.memory() - UdpLimits::DEFAULT.memory() >= 32 * 1024);
}
