//! The route that a socket remembers.

use super::{
    client::{CLIENT, SERVER},
    hand::{ByHand, arp_frame},
};
use crate::{
    net::{
        Datagram, Error, UdpSocket,
        neighbour::{Claiming, Defence},
    },
    time::Instant,
};
use core::{net::Ipv4Addr, time::Duration};
use smoltcp::wire::ArpOperation;
use std::vec::Vec;

/// A network on the same link.
const OTHER: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 1);

fn send(socket: &UdpSocket, peer: Ipv4Addr) -> Result<usize, Error> {
    socket.try_send_to(b"x", (peer, 9).into())
}

impl ByHand {
    /// The sources of the datagrams that were sent.
    fn sources(&mut self) -> Vec<[u8; 4]> {
        let frames = self.frames();
        let packets = frames.iter().filter(|frame| frame[12..14] == [8, 0]);
        packets
            .map(|frame| frame[26..30].try_into().unwrap())
            .collect()
    }
}

#[test]
fn another_peer_has_a_route_of_its_own() {
    let hand = ByHand::new();
    let socket = hand.bench.stack.bind_udp(7).unwrap();
    assert_eq!(send(&socket, CLIENT), Ok(1));
    assert_eq!(send(&socket, OTHER), Err(Error::HostUnreachable));
    assert_eq!(send(&socket, CLIENT), Ok(1));
    assert_eq!(
        socket.try_send_to(b"x", (CLIENT, 0).into()),
        Err(Error::HostUnreachable)
    );
}

#[test]
fn permission_for_broadcasts_is_withdrawn() {
    let hand = ByHand::new();
    let socket = hand.bench.stack.bind_udp(7).unwrap();
    let broadcast = Ipv4Addr::new(10, 0, 0, 255);
    for _ in 0..2 {
        assert_eq!(send(&socket, broadcast), Err(Error::PermissionDenied));
        socket.set_broadcast(true).unwrap();
        assert_eq!(send(&socket, broadcast), Ok(1));
        socket.set_broadcast(false).unwrap();
    }
}

#[test]
fn a_peer_that_becomes_a_broadcast_address_needs_permission() {
    let hand = ByHand::new();
    let socket = hand.bench.stack.bind_udp(7).unwrap();
    assert_eq!(send(&socket, CLIENT), Ok(1));
    for address in [(SERVER, 31), (Ipv4Addr::new(10, 0, 0, 1), 30)] {
        let claiming = (Claiming::Optimistic, Defence::Always);
        let stack = &hand.bench.stack;
        let added =
            stack.with_ipv4(|ipv4, ip| ipv4.add_address(ip, Instant::BOOT, address, claiming));
        added.unwrap();
    }
    assert_eq!(send(&socket, CLIENT), Err(Error::PermissionDenied));
}

#[test]
fn the_source_follows_the_addresses_of_the_interface() {
    let mut hand = ByHand::new();
    let socket = hand.bench.stack.bind_udp(7).unwrap();
    let stack = hand.bench.stack.clone();
    assert_eq!(send(&socket, CLIENT), Ok(1));
    assert_eq!(hand.sources(), [SERVER.octets()]);
    stack.with_ipv4(|ipv4, ip| ipv4.remove_address(ip, SERVER));
    assert_eq!(send(&socket, CLIENT), Err(Error::HostUnreachable));
    let new = Ipv4Addr::new(10, 0, 0, 77);
    let claiming = (Claiming::Optimistic, Defence::Always);
    let added =
        stack.with_ipv4(|ipv4, ip| ipv4.add_address(ip, Instant::BOOT, (new, 24), claiming));
    added.unwrap();
    assert_eq!(send(&socket, CLIENT), Ok(1));
    hand.push(&arp_frame(ArpOperation::Reply, CLIENT));
    assert_eq!(hand.sources(), [new.octets()]);
}

#[test]
fn an_address_that_comes_into_use_is_the_source_of_what_is_sent_to_it() {
    let hand = ByHand::new();
    let (socket, echo) = (hand.bench.stack.bind_udp(7), hand.bench.stack.bind_udp(9));
    let (socket, echo) = (socket.unwrap(), echo.unwrap());
    let probed = Ipv4Addr::new(10, 0, 0, 77);
    let now = hand.bench.stack.shared.now();
    let claiming = (Claiming::Tentative, Defence::Once);
    let added = hand
        .bench
        .stack
        .with_ipv4(|ipv4, ip| ipv4.add_address(ip, now, (probed, 24), claiming));
    added.unwrap();
    hand.bench.stack.shared.work.raise();
    assert_eq!(send(&socket, probed), Ok(1));
    hand.bench.world.pass(Duration::from_secs(8));
    assert_eq!(send(&socket, probed), Ok(1));
    hand.bench.world.pass(Duration::from_millis(20));
    let received = echo.try_recv_from(&mut [0; 8]);
    assert_eq!(received, Ok((1, (probed, 7).into())));
}

#[test]
fn a_source_that_is_asked_for_is_that_of_its_datagram_only() {
    let mut hand = ByHand::new();
    let socket = hand.bench.stack.bind_udp(7).unwrap();
    let mut datagram = Datagram::new(b"x", (CLIENT, 9).into());
    assert_eq!(socket.try_send_many(&[datagram]), Ok(1));
    datagram.src_ip = Some(OTHER.into());
    assert_eq!(
        socket.try_send_many(&[datagram]),
        Err(Error::AddrNotAvailable)
    );
    let claiming = (Claiming::Optimistic, Defence::Always);
    let added = hand
        .bench
        .stack
        .with_ipv4(|ipv4, ip| ipv4.add_address(ip, Instant::BOOT, (OTHER, 24), claiming));
    added.unwrap();
    assert_eq!(socket.try_send_many(&[datagram]), Ok(1));
    assert_eq!(send(&socket, CLIENT), Ok(1));
    assert_eq!(
        hand.sources(),
        [SERVER, OTHER, SERVER].map(|source| source.octets())
    );
}
