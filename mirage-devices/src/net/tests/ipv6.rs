//! Two stacks with IPv6, in virtual time.

use super::{
    cable::{Cable, End, Faults},
    client::POOL,
    world::World,
};
use crate::{
    net::{
        Budget, Error, Ipv6Config, Reach, Stack,
        drops::DropReason,
        neighbour::Claiming,
        policy::{Direction, Request},
        tcp::Algorithm,
    },
    random::Random,
    time::Monotonic,
};
use core::{
    net::{Ipv6Addr, SocketAddr},
    time::Duration,
};
use embedded_io_async::{Read, Write};
use std::{vec, vec::Vec};

const SERVER: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2);
const CLIENT: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 3);

struct Hosts {
    world: World,
    cable: Cable,
    server: Stack,
    client: Stack,
}

fn stack(world: &World, link: End, address: Ipv6Addr, claiming: Claiming) -> Stack {
    let random = Random::from_seed([address.octets()[15]; 32]);
    let (budget, clock) = (Budget::new(POOL), world.clock());
    let made = Stack::new(&link, budget, Algorithm::CUBIC, random.clone(), clock);
    let stack = made.unwrap();
    let config = Ipv6Config {
        address,
        prefix_length: 64,
        gateway: None,
    };
    let families = stack.add_ipv6(config, claiming, random).unwrap();
    world.spawn(stack.run(families, link, world.clock()));
    stack
}

impl Hosts {
    fn new() -> Self {
        let world = World::default();
        let (cable, near, far) = Cable::new(&world.clock());
        Self {
            server: stack(&world, near, SERVER, Claiming::Optimistic),
            client: stack(&world, far, CLIENT, Claiming::Optimistic),
            world,
            cable,
        }
    }
}

fn at(address: Ipv6Addr, port: u16) -> SocketAddr {
    (address, port).into()
}

#[test]
fn a_stream_carries_what_is_written_over_a_link_that_loses_and_reorders() {
    let hosts = Hosts::new();
    hosts.cable.set_faults(&Faults {
        lost: 20,
        doubled: 10,
        overtaken: 20,
    });
    let (server, client) = (hosts.server.clone(), hosts.client.clone());
    let data: Vec<u8> = (0..300_000_u32)
        .map(|byte| (byte.wrapping_mul(7) >> 3) as u8)
        .collect();
    let sent = data.clone();
    let received = hosts.world.run(async move {
        let listener = server.listen(7).unwrap();
        let mut stream = client.connect(at(SERVER, 7)).await.unwrap();
        let mut accepted = listener.accept().await.unwrap();
        assert_eq!(accepted.local_addr(), at(SERVER, 7));
        assert_eq!(accepted.peer_addr(), stream.local_addr());
        assert_eq!(stream.local_addr().ip(), CLIENT);
        let write = async {
            stream.write_all(&sent).await.unwrap();
            stream.shutdown();
        };
        let read = async {
            let mut received: Vec<u8> = Vec::new();
            let mut buffer = vec![0; 4096];
            loop {
                match accepted.read(&mut buffer).await.unwrap() {
                    0 => return received,
                    count => received.extend(&buffer[..count]),
                }
            }
        };
        embassy_futures::join::join(write, read).await.1
    });
    assert_eq!(received, data);
}

#[test]
fn link_local_addresses_and_this_host_itself_are_reached() {
    let hosts = Hosts::new();
    let (server, client) = (hosts.server.clone(), hosts.client.clone());
    hosts.world.run(async move {
        let listener = server.listen(7).unwrap();
        let mut link_local = [0xfe80, 0, 0, 0, 0, 0, 0, 0];
        let mac = server.shared.mac_address;
        link_local[4] = u16::from_be_bytes([mac[0] ^ 2, mac[1]]);
        link_local[5] = u16::from_be_bytes([mac[2], 0xff]);
        link_local[6] = u16::from_be_bytes([0xfe, mac[3]]);
        link_local[7] = u16::from_be_bytes([mac[4], mac[5]]);
        let stream = client.connect(at(link_local.into(), 7)).await.unwrap();
        let accepted = listener.accept().await.unwrap();
        assert_eq!(accepted.peer_addr(), stream.local_addr());
        for address in [Ipv6Addr::LOCALHOST, SERVER] {
            let stream = server.connect(at(address, 7)).await.unwrap();
            assert_eq!(
                listener.accept().await.unwrap().peer_addr(),
                stream.local_addr()
            );
        }
    });
}

#[test]
fn a_connection_is_refused_by_a_host_and_by_a_missing_route() {
    let hosts = Hosts::new();
    let client = hosts.client.clone();
    let errors = hosts.world.run(async move {
        let far = at([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into(), 7);
        [
            client.connect(at(SERVER, 7)).await.err(),
            client.connect(far).await.err(),
            client.connect(([10, 0, 0, 2], 7).into()).await.err(),
        ]
    });
    let unreachable = Some(Error::HostUnreachable);
    assert_eq!(
        errors,
        [Some(Error::ConnectionRefused), unreachable, unreachable]
    );
}

#[test]
fn datagrams_are_exchanged_and_a_closed_port_is_told() {
    let hosts = Hosts::new();
    let (server, client) = (hosts.server.clone(), hosts.client.clone());
    hosts.world.run(async move {
        let port = server.bind_udp(53).unwrap();
        let socket = client.open_udp().unwrap();
        let mut buffer = [0; 2000];
        // 1500 bytes with both headers.
        let longest = [7; 1452];
        for data in [&b"question"[..], b"", &longest] {
            socket.send_to(data, at(SERVER, 53)).await.unwrap();
            let (count, from) = port.recv_from(&mut buffer).await.unwrap();
            assert_eq!((&buffer[..count], from), (data, at(CLIENT, socket.port())));
            port.send_to(b"answer", from).await.unwrap();
            let (count, from) = socket.recv_from(&mut buffer).await.unwrap();
            assert_eq!((&buffer[..count], from), (&b"answer"[..], at(SERVER, 53)));
        }
        let too_long = socket.send_to(&[7; 1453], at(SERVER, 53)).await;
        assert_eq!(too_long, Err(Error::MessageTooLong));
        socket.connect(at(SERVER, 54)).unwrap();
        socket.send_to(b"anybody?", at(SERVER, 54)).await.unwrap();
        let answer = socket.recv_from(&mut buffer).await;
        assert_eq!(answer, Err(Error::ConnectionRefused));
    });
}

#[test]
fn a_policy_is_asked_about_peers_with_ipv6() {
    let hosts = Hosts::new();
    hosts.client.set_policy(|request: &Request| {
        let is_server = request.remote == SERVER.into();
        is_server && (request.direction == Direction::In || request.remote_port != 9)
    });
    let is_admitted = |request: &Request| request.local_port != 8;
    hosts.server.set_policy(is_admitted);
    let (server, client) = (hosts.server.clone(), hosts.client.clone());
    hosts.world.run(async move {
        let _listener = server.listen(7).unwrap();
        let (admitted, refused) = (server.bind_udp(7).unwrap(), server.bind_udp(8).unwrap());
        client.connect(at(SERVER, 7)).await.unwrap();
        let denied = client.connect(at(SERVER, 9)).await;
        assert_eq!(denied.err(), Some(Error::PermissionDenied));
        let socket = client.open_udp().unwrap();
        let denied = socket.send_to(b"x", at(SERVER, 9)).await;
        assert_eq!(denied, Err(Error::PermissionDenied));
        let mut buffer = [0; 8];
        for port in [8, 7] {
            socket.send_to(b"x", at(SERVER, port)).await.unwrap();
        }
        admitted.recv_from(&mut buffer).await.unwrap();
        drop(refused);
        assert_eq!(server.counters().drops.get(DropReason::Policy), 1);
    });
}

#[test]
fn routes_tell_how_a_peer_is_reached() {
    let hosts = Hosts::new();
    let socket = hosts.client.open_udp().unwrap();
    let far = [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into();
    for (peer, reach) in [
        (at(SERVER, 7), Reach::Network),
        (at(Ipv6Addr::LOCALHOST, 7), Reach::Network),
        (at(SERVER, 0), Reach::Nowhere),
        (at(far, 7), Reach::Nowhere),
        (([10, 0, 0, 2], 7).into(), Reach::Nowhere),
    ] {
        assert_eq!(socket.reach(peer), reach, "{peer}");
    }
}

#[test]
fn an_address_is_not_used_before_no_other_host_is_found_to_have_it() {
    let world = World::default();
    let (_cable, near, far) = Cable::new(&world.clock());
    let first = stack(&world, near, SERVER, Claiming::Tentative);
    let second = stack(&world, far, CLIENT, Claiming::Tentative);
    world.run(async move {
        assert!(first.connect(at(CLIENT, 7)).await.is_err());
        assert!(first.detected(SERVER).await && second.detected(CLIENT).await);
        assert_eq!(
            first.connect(at(CLIENT, 7)).await.err(),
            Some(Error::ConnectionRefused)
        );
    });
}

#[test]
fn a_host_that_comes_second_is_refused_the_address() {
    let world = World::default();
    let (_cable, near, far) = Cable::new(&world.clock());
    let first = stack(&world, near, SERVER, Claiming::Optimistic);
    let clock = world.clock();
    world.run(async move {
        // The first one has asked, and nobody has answered.
        clock
            .sleep_until(clock.now() + Duration::from_secs(2))
            .await;
        assert_eq!(first.ipv6_address(), Some(SERVER));
    });
    let second = stack(&world, far, SERVER, Claiming::Tentative);
    assert!(!world.run(async move { second.detected(SERVER).await }));
}
