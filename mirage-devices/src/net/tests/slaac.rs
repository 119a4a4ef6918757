//! Stacks whose IPv6 addresses follow from advertisements, in virtual time.

use super::{
    cable::{Cable, End},
    client::POOL,
    world::World,
};
use crate::{
    net::{
        Budget, Error, Stack,
        checksum::{self, Sum},
        ip::{Autoconfigured, Ipv6Only},
        neighbour::{ALL_NODES, Claiming, group_mac},
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
use std::vec::Vec;

const ROUTER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
const NETWORK: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 0);

/// A stack that configures itself.
struct Host {
    stack: Stack,
    family: Ipv6Only,
}

impl Host {
    fn new(world: &World, link: End, seed: u8, claiming: Claiming) -> Self {
        let random = Random::from_seed([seed; 32]);
        let (budget, clock) = (Budget::new(POOL), world.clock());
        let made = Stack::new(&link, budget, Algorithm::CUBIC, random.clone(), clock);
        let stack = made.unwrap();
        let (family, state) = stack
            .autoconfigure_ipv6("net", claiming, random)
            .expect("memory for it");
        let families = Autoconfigured::new(family.clone(), state);
        world.spawn(stack.run(families, link, world.clock()));
        Self { stack, family }
    }
}

/// The frame of an advertisement with a prefix of 64 bits and an MTU.
fn advertisement(network: Ipv6Addr, lifetime: u32, mtu: u32) -> Vec<u8> {
    let mut message = std::vec![134, 0, 0, 0, 64, 0, 7, 8];
    message.extend([0; 8]);
    message.extend([5, 1, 0, 0]);
    message.extend(mtu.to_be_bytes());
    message.extend([3, 4, 64, 0xc0]);
    message.extend(lifetime.to_be_bytes());
    message.extend(lifetime.to_be_bytes());
    message.extend([0; 4]);
    message.extend(network.octets());
    let length = message.len() as u16;
    let sum = checksum::pseudo_header_ipv6(ROUTER, ALL_NODES, 58, length);
    let checksum = (sum + Sum::from_bytes(&message)).checksum();
    message[2..4].copy_from_slice(&checksum.to_be_bytes());
    let mut frame = Vec::from(group_mac(ALL_NODES));
    frame.extend([2, 0, 0, 0, 0, 0xfe, 0x86, 0xdd, 0x60, 0, 0, 0]);
    frame.extend(length.to_be_bytes());
    frame.extend([58, 255]);
    frame.extend(ROUTER.octets());
    frame.extend(ALL_NODES.octets());
    frame.extend(message);
    frame
}

#[test]
fn a_host_waits_for_its_address_until_there_is_a_router() {
    for claiming in [Claiming::Optimistic, Claiming::Tentative] {
        let world = World::default();
        let (_cable, near, far) = Cable::new(&world.clock());
        let host = Host::new(&world, near, 1, claiming);
        let clock = world.clock();
        let start = clock.now();
        let router = async move {
            clock.sleep_until(start + Duration::from_secs(1000)).await;
            far.inject(&advertisement(NETWORK, 3600, 1500));
            far
        };
        let clock = world.clock();
        let waited = world.run(async move {
            let wait = async {
                host.family.acquired().await;
                clock.now() - start
            };
            let (waited, _far) = embassy_futures::join::join(wait, router).await;
            assert!(host.stack.ipv6_address().is_some());
            waited
        });
        let least = Duration::from_secs(1000);
        assert!(
            waited > least && waited < least + Duration::from_secs(3),
            "{waited:?}"
        );
    }
}

#[test]
fn connections_end_with_the_address_and_its_mtu_is_that_of_the_link() {
    let world = World::default();
    let (cable, near, far) = Cable::new(&world.clock());
    let server = Host::new(&world, near, 1, Claiming::Optimistic);
    let client = Host::new(&world, far, 2, Claiming::Optimistic);
    let clock = world.clock();
    world.run(async move {
        cable.inject(&advertisement(NETWORK, 100, 1280));
        server.family.acquired().await;
        client.family.acquired().await;
        let address = server.stack.ipv6_address().expect("an address");
        assert_eq!((server.stack.mtu(), client.stack.mtu()), (1280, 1280));
        let listener = server.stack.listen(7).unwrap();
        let mut stream = client.stack.connect((address, 7).into()).await.unwrap();
        let mut accepted = listener.accept().await.unwrap();
        assert_eq!(accepted.local_addr(), SocketAddr::from((address, 7)));
        stream.write_all(&[7; 4000]).await.unwrap();
        let mut buffer = [0; 4000];
        accepted.read_exact(&mut buffer).await.unwrap();
        let socket = client.stack.open_udp().unwrap();
        // 1280 bytes with both headers.
        let sent = socket.send_to(&[7; 1232], (address, 9).into()).await;
        assert!(sent.is_ok());
        let too_long = socket.send_to(&[7; 1233], (address, 9).into()).await;
        assert_eq!(too_long, Err(Error::MessageTooLong));
        let began = clock.now();
        let error = accepted.read(&mut buffer).await;
        assert_eq!(error, Err(Error::AddrNotAvailable));
        assert!(clock.now() - began > Duration::from_secs(90));
        assert_eq!(server.stack.ipv6_address(), None);
    });
}
