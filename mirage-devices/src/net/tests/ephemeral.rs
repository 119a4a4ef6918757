//! Ephemeral ports: those that the stack chooses.

use super::{
    client::{CLIENT, SERVER},
    connect::{hand_at, start, two_stacks},
    hand::{ByHand, arp_frame},
};
use crate::net::{Error, UdpLimits};
use core::{net::Ipv4Addr, time::Duration};
use smoltcp::wire::ArpOperation;
use std::{collections::BTreeSet, vec::Vec};
/// Ports are drawn at random, and never twice for one peer while a connection has it.
#[test]
fn every_connection_to_a_peer_has_a_port_of_its_own() {
    let mut hand = ByHand::new();
    let outcomes: Vec<_> = (0..200)
        .map(|_| start(&hand.bench.world, &hand.bench.stack, hand_at(80)))
        .collect();
    let ports: Vec<u16> = hand.segments().iter().map(|syn| syn.port).collect();
    let different: BTreeSet<_> = ports.iter().copied().collect();
    assert_eq!(different.len(), 200);
    let neighbours = ports
        .windows(2)
        .filter(|pair| pair[0].abs_diff(pair[1]) < 16);
    assert!(neighbours.count() < 20, "{ports:?}");
    assert!(outcomes.iter().all(|outcome| outcome.borrow().is_none()));
}

/// All ports but one are listened on; that one is taken, and then there is none.
#[test]
fn a_port_that_is_listened_on_is_never_taken() {
    let mut hand = ByHand::new();
    let listeners: Vec<_> = (1024..=65_535)
        .filter(|port| *port != 5000)
        .map(|port| hand.bench.stack.listen(port).unwrap())
        .collect();
    let first = start(&hand.bench.world, &hand.bench.stack, hand_at(80));
    assert_eq!(hand.segments()[0].port, 5000);
    let second = start(&hand.bench.world, &hand.bench.stack, hand_at(80));
    assert_eq!(hand.segments(), []);
    assert_eq!(second.take().unwrap().err(), Some(Error::AddrInUse));
    // To another peer the port is free.
    hand.push(&arp_frame(
        ArpOperation::Request,
        Ipv4Addr::new(10, 0, 0, 9),
    ));
    let other = start(
        &hand.bench.world,
        &hand.bench.stack,
        (Ipv4Addr::new(10, 0, 0, 9), 80).into(),
    );
    assert_eq!(hand.segments()[0].port, 5000);
    assert!(first.borrow().is_none() && other.borrow().is_none());
    drop(listeners);
}

#[test]
fn sockets_for_datagrams_have_random_ports() {
    let (bench, other) = two_stacks();
    let server = bench.stack.bind_udp(53).unwrap();
    bench.world.run(async move {
        let mut ports = BTreeSet::new();
        let mut sockets = Vec::new();
        for _ in 0..50 {
            let socket = other.open_udp().unwrap();
            socket.send_to(b"who?", (SERVER, 53).into()).await.unwrap();
            let mut buffer = [0; 8];
            let (length, peer) = server.recv_from(&mut buffer).await.unwrap();
            assert_eq!(peer, (CLIENT, socket.port()).into());
            server.send_to(&buffer[..length], peer).await.unwrap();
            assert_eq!(
                socket.recv_from(&mut buffer).await.unwrap().1,
                (SERVER, 53).into()
            );
            ports.insert(socket.port());
            sockets.push(socket);
        }
        assert_eq!(ports.len(), 50);
        assert!(ports.first() >= Some(&1024));
        drop(sockets);
        assert!(other.is_empty());
    });
}

#[test]
fn an_ephemeral_port_holds_few_datagrams() {
    let (bench, other) = two_stacks();
    let server = bench.stack.bind_udp(53).unwrap();
    let socket = other.open_udp().unwrap();
    let peer = (CLIENT, socket.port()).into();
    let clock = bench.world.clock();
    bench.world.run(async move {
        server.send_to(b"at first", peer).await.unwrap();
        clock.sleep(Duration::from_secs(1)).await;
        // It knows the way now.
        for _ in 0..20 {
            server.send_to(b"again", peer).await.unwrap();
        }
        clock.sleep(Duration::from_secs(1)).await;
    });
    let mut buffer = [0; 8];
    let held = (0..20).filter(|_| socket.try_recv_from(&mut buffer).is_ok());
    assert_eq!(held.count(), UdpLimits::EPHEMERAL.datagrams.into());
}
